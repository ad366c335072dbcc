// Keeps a page up to date that says so: what is in its one element with data-refresh (seconds) is fetched again, and
// only what differs is changed. So focus, selection, scrolling and what somebody has opened or typed stay as they are.
"use strict";

const MOST = 300;
const live = document.querySelector("[data-refresh]");

/** Make one element as another is: its attributes, and what is in it. */
function become(old, fresh) {
  const kept = old.localName === "details" ? ["open"] : [];
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !kept.includes(name)) old.setAttribute(name, value);
  }
  fill(old, fresh);
}

/** What makes an element the same one wherever it stands; nothing: its place does. What is typed or ticked is never
    taken over by another field, nor by that of another form. */
function identity(one) {
  if (one.nodeType !== Node.ELEMENT_NODE || one.id) return one.id || "";
  if (one.localName === "form") return `form ${one.getAttribute("action")}`;
  if (!one.matches("input, select, textarea, button")) return "";
  const told = one.matches("[type=checkbox], [type=radio], button") ? one.getAttribute("value") : "";
  return `${one.localName} ${one.getAttribute("name")} ${told}`;
}

/** Make what is in one element as what is in another. */
function fill(old, fresh) {
  const named = new Map([...old.children].map((one) => [identity(one), one]));
  let place = old.firstChild;
  for (const one of [...fresh.childNodes]) {
    const name = identity(one);
    const same = name ? named.get(name) : place;
    named.delete(name);
    if (!same || same.nodeName !== one.nodeName || identity(same) !== name) {
      old.insertBefore(document.importNode(one, true), place);
      continue;
    }
    if (same !== place) old.insertBefore(same, place);
    if (!same.isEqualNode(one)) {
      if (same.nodeType === Node.ELEMENT_NODE) become(same, one);
      else same.data = one.data;
    }
    place = same.nextSibling;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** Whether somebody is in the middle of something that must not change under their hands. */
function isBusy() {
  const at = document.activeElement;
  return document.hidden || (live.contains(at) && at.matches("input, select, textarea"));
}

class Refreshing {
  constructor() {
    this.seconds = Number(live.dataset.refresh);
    this.failures = 0;
    this.last = new Date();
    this.timer = 0;
    document.addEventListener("visibilitychange", () => document.hidden || this.soon(0));
    this.soon(this.seconds);
  }

  soon(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.go(), seconds * 1000);
  }

  async go() {
    if (!isBusy()) await this.refresh();
    this.soon(Math.min(this.seconds * 2 ** this.failures, MOST));
  }

  async refresh() {
    try {
      const answer = await fetch(location.href, { redirect: "manual", headers: { "X-Refresh": "1" } });
      if (answer.type === "opaqueredirect") return this.leave();
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-refresh]");
      if (!fresh) return this.leave();
      fill(live, fresh);
      this.failures = 0;
      this.last = new Date();
      document.getElementById("stale")?.remove();
    } catch {
      this.failures += 1;
      this.tell();
    }
  }

  /** The session is over, or the page is gone: the server says where to go on. */
  leave() {
    location.reload();
  }

  /** Say how old all of it is, once. */
  tell() {
    if (document.getElementById("stale")) return;
    const told = document.createElement("p");
    told.id = "stale";
    told.className = "stale";
    told.setAttribute("role", "status");
    const time = this.last.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    told.textContent = `Not refreshed since ${time}: the server cannot be reached. It is tried again.`;
    live.before(told);
  }
}

if (live) new Refreshing();
