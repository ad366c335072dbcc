"use strict";

/* The page of phones: sends what is pressed, and asks once a second what is new. All text goes in as text, never as markup. */

const base = document.body.dataset.base;
const find = (selector, inside = document) => inside.querySelector(selector);
const slot = (name, inside) => find(`[data-slot="${name}"]`, inside);
let cursor = Number(document.body.dataset.cursor);
let timer = 0;
let asking = false;
let again = false;

function clock(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

async function post(path, body) {
  const answer = await fetch(base + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error || `The simulator answered ${answer.status}.`);
  return told;
}

async function act(path, body, fault) {
  if (fault) fault.textContent = "";
  try {
    return await post(path, body);
  } catch (error) {
    if (fault) fault.textContent = error.message;
    return null;
  } finally {
    ask();
  }
}

/* What the server tells. */

function phoneOf(number, label = "") {
  for (const phone of document.querySelectorAll(".phone")) if (phone.dataset.number === number) return phone;
  const phone = find("#phone-template").content.firstElementChild.cloneNode(true);
  phone.dataset.number = number;
  nameplate(phone, number, label);
  for (const field of phone.querySelectorAll("[name=from]")) field.value = number;
  find("#add").before(phone);
  find("#number").append(new Option(label || number, number));
  return phone;
}

function nameplate(phone, number, label) {
  const name = label || number;
  phone.setAttribute("aria-label", `Phone ${name}`);
  slot("name", phone).textContent = name;
  slot("number", phone).textContent = label ? number : "texts with bugglio";
  find(".thread", phone).setAttribute("aria-label", `Texts of ${name}`);
  find(".line", phone).setAttribute("aria-label", `Text from ${name} to bugglio`);
}

function rename(number, label) {
  const phone = phoneOf(number, label);
  if (slot("name", phone).textContent === (label || number)) return;
  nameplate(phone, number, label);
  for (const option of find("#number").options) if (option.value === number) option.textContent = label || number;
}

function show(entry, number, kind, words) {
  const thread = find(".thread", phoneOf(number));
  const near = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
  const entries = slot("entries", thread);
  let bubble = [...entries.children].find((one) => one.dataset.sid === entry.sid);
  if (!bubble) {
    bubble = find("#bubble-template").content.firstElementChild.cloneNode(true);
    bubble.dataset.sid = entry.sid;
    bubble.className = `entry ${kind} arrived`;
    const time = slot("time", bubble);
    time.dateTime = entry.created;
    time.textContent = clock(entry.created);
    entries.append(bubble);
  }
  slot("words", bubble).textContent = words;
  status(slot("status", bubble), entry);
  if (near) thread.scrollTop = thread.scrollHeight;
}

function status(element, entry) {
  const unheard = entry.direction === "inbound" && entry.error_code;
  element.dataset.status = unheard ? "unheard" : entry.status;
  const told = [entry.status, entry.error_code].filter(Boolean).join(" ");
  const long = entry.segments > 1 ? `, ${entry.segments} segments` : "";
  element.textContent = unheard ? `no answer, ${entry.error_code}` : told + long;
}

function note(line) {
  const item = find("#line-template").content.firstElementChild.cloneNode(true);
  const time = slot("time", item);
  time.dateTime = line.at;
  time.textContent = clock(line.at);
  slot("what", item).textContent = line.what;
  const code = slot("code", item);
  code.textContent = line.status || "no answer";
  code.dataset.good = line.status && line.status < 400 ? "yes" : "no";
  slot("answer", item).textContent = line.summary;
  find("#log").prepend(item);
}

function switches(active) {
  find("#calm").disabled = !active.length;
  for (const form of document.querySelectorAll("[data-kind]")) {
    const on = active.filter((one) => one.kind === form.dataset.kind);
    find("[role=switch]", form).setAttribute("aria-checked", String(on.length > 0));
    const scope = on.map((one) => [one.times ? `${one.times} left` : "on", one.number && `for ${one.number}`].filter(Boolean).join(" "));
    slot("left", form).textContent = scope.length ? `${scope.join(", ")}. ` : "";
  }
}

function hear(news) {
  cursor = news.cursor;
  for (const [number, label] of Object.entries(news.phones)) rename(number, label);
  for (const one of news.messages) {
    const mine = one.direction === "inbound";
    show(one, mine ? one.from : one.to, mine ? "mine" : "theirs", one.body);
  }
  for (const one of news.calls) show(one, one.to, "call", one.words);
  news.activity.forEach(note);
  switches(news.misbehaving);
}

async function ask() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  clearTimeout(timer);
  try {
    const answer = await fetch(`${base}/news?since=${cursor}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no news");
    hear(await answer.json());
    find("#offline").hidden = true;
  } catch {
    find("#offline").hidden = false;
  }
  asking = false;
  const soon = again;
  again = false;
  if (soon) ask();
  else if (!document.hidden) timer = setTimeout(ask, 1000);
}

/* What people press. */

document.addEventListener("submit", (event) => {
  const form = event.target;
  const press = event.submitter;
  event.preventDefault();
  if (form.id === "events") act("/events", { sample: press.value });
  else if (form.id === "own") own(form);
  else if (form.id === "add") add(form);
  else if (form.dataset.kind) toggle(form);
  else if (form.matches(".chips")) act("/texts", { from: form.elements.from.value, body: press.value });
  else if (form.matches(".compose")) compose(form);
});

function compose(form) {
  const line = form.elements.body;
  if (!line.value.trim()) return;
  act("/texts", { from: form.elements.from.value, body: line.value });
  line.value = "";
  line.focus();
}

function own(form) {
  const fault = find(".fault", form);
  try {
    act("/events", { payload: JSON.parse(form.elements.payload.value) }, fault);
  } catch {
    fault.textContent = "That is not JSON.";
  }
}

async function add(form) {
  const field = form.elements.number;
  if (await act("/phones", { number: field.value }, find(".fault", form))) field.value = "";
}

function toggle(form) {
  const on = find("[role=switch]", form).getAttribute("aria-checked") === "true";
  const number = find("#number").value;
  const wanted = { kind: form.dataset.kind, times: on ? 0 : find("#times").value, number };
  const value = find(".value", form);
  if (value) wanted[value.name] = value.value;
  act("/misbehave", wanted, find("#trouble-fault"));
}

find("#calm").addEventListener("click", () => act("/misbehave", { kind: null }));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});

for (const time of document.querySelectorAll("main time")) time.textContent = clock(time.dateTime);
for (const thread of document.querySelectorAll(".thread")) thread.scrollTop = thread.scrollHeight;
ask();
