"""bugglio under fire: real servers are killed, frozen, cut off and lied to; then what arrived is counted."""
