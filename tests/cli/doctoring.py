"""The roster of a pager that a doctor looks at."""

ROSTER = """
engineers:
  ana: {name: Ana Lima, phone: "+14155550101", admin: true}
  ben: {name: Ben Ode, phone: "+14155550102"}
teams:
  shop:
    projects: [checkout-api, web, warehouse-sync]
    rotations:
      primary: {engineers: [ana, ben], starts: 2026-01-05T09:00, turn: 1 week}
      secondary: {next_of: primary}
    steps:
      - {page: [primary], wait: 5 minutes}
      - {page: [secondary], wait: 10 minutes}
"""
