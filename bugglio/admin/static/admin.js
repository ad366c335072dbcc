// Keeps a page that says so up to date: <main data-refresh="20"> is fetched again, unless somebody is in a form of it.
"use strict";

const main = document.getElementById("main");
const live = document.querySelector("[data-refresh]");

async function refresh() {
  const busy = live.contains(document.activeElement) && document.activeElement !== live;
  if (document.hidden || busy) return;
  try {
    const answer = await fetch(location.href, { redirect: "manual", headers: { "X-Refresh": "1" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
    if (fresh && fresh.innerHTML !== live.innerHTML) live.innerHTML = fresh.innerHTML;
  } catch {
    // The network is away for a moment; the next time will tell.
  }
}

if (live && main) setInterval(refresh, Number(live.dataset.refresh) * 1000);
