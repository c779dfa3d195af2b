/**
 * The script of the page, as the browser runs it: it is text, because the app reads no files.
 *
 * For tests, `<html>` says `data-state` (connecting, live or waiting), and each bar says `data-bar` and `data-value`.
 */
export const pageScript = `
"use strict";
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const svgNamespace = "http://www.w3.org/2000/svg";
const plot = { left: 48, top: 30, width: 844, height: 320, max: 1000, bar: 52 };
const firstWait = 500, longestWait = 10000, freshTime = 2500;
const bars = new Map();
let socket, wait = firstWait, retryAt = 0, ticker;

function draw(name, attributes, parent, text) {
  const element = document.createElementNS(svgNamespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return parent.appendChild(element);
}

function heightOf(value) { return (value / plot.max) * plot.height; }

function drawGrid() {
  for (let value = 0; value <= plot.max; value += 250) {
    const y = plot.top + plot.height - heightOf(value);
    draw("line", { class: "grid", x1: plot.left, x2: plot.left + plot.width, y1: y, y2: y }, byId("grid"));
    draw("text", { class: "axis", x: plot.left - 10, y: y + 4.5, "text-anchor": "end" }, byId("grid"), value);
  }
}

function drawBars(list) {
  byId("bars").replaceChildren();
  byId("rows").replaceChildren();
  bars.clear();
  list.forEach(({ id, value }, index) => {
    const group = draw("g", { "data-bar": id }, byId("bars"));
    const middle = plot.left + (plot.width / list.length) * (index + 0.5);
    // A bar of full height that slides behind the edge of the plot keeps its round corners while it moves.
    const clip = draw("g", { "clip-path": "url(#plot)" }, group);
    const shape = { class: "bar moves", x: middle - plot.bar / 2, y: plot.top + plot.height, rx: 6 };
    const rect = draw("rect", { ...shape, width: plot.bar, height: plot.height + 20 }, clip);
    const label = draw("text", { class: "value moves", x: middle, y: plot.top + plot.height - 8 }, group);
    draw("text", { class: "name", x: middle, y: plot.top + plot.height + 26 }, group, id);
    const row = byId("rows").insertRow();
    const head = row.appendChild(document.createElement("th"));
    head.scope = "row";
    head.textContent = "Bar " + id;
    bars.set(id, { group, rect, label, cell: row.insertCell() });
    setBar(id, value);
  });
}

function setBar(id, value) {
  const bar = bars.get(id);
  if (!bar) return;
  const shift = "translateY(" + -heightOf(value) + "px)";
  bar.group.dataset.value = value;
  bar.rect.style.transform = shift;
  bar.label.style.transform = shift;
  bar.label.textContent = value;
  bar.cell.textContent = value;
}

function mark(id) {
  const bar = bars.get(id);
  if (!bar) return;
  bar.group.classList.add("fresh");
  clearTimeout(bar.timer);
  bar.timer = setTimeout(() => bar.group.classList.remove("fresh"), freshTime);
}

function receive(message) {
  switch (message.type) {
    case "state":
      if (bars.size === message.bars.length) for (const { id, value } of message.bars) setBar(id, value);
      else drawBars(message.bars);
      byId("server").textContent = "Served by " + message.version + " on " + message.instance;
      break;
    case "value":
      setBar(message.id, message.value);
      mark(message.id);
      byId("news").textContent = "Bar " + message.id + " is now " + message.value;
      break;
    case "windows":
      byId("windows").textContent = message.count === 1 ? "1 window open" : message.count + " windows open";
      break;
  }
}

function show(state, text) {
  root.dataset.state = state;
  if (byId("state").textContent !== text) byId("state").textContent = text;
  byId("random").disabled = state !== "live";
}

function connect() {
  clearInterval(ticker);
  show("connecting", "Connecting");
  const url = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/ws";
  const current = new WebSocket(url);
  socket = current;
  current.onopen = () => {
    wait = firstWait;
    byId("news").textContent = "Connected";
    show("live", url.startsWith("wss:") ? "Live, encrypted" : "Live");
  };
  current.onmessage = (event) => receive(JSON.parse(event.data));
  current.onclose = () => {
    if (socket !== current) return;
    // Said once; the countdown beside it would be read out every second.
    if (root.dataset.state === "live") byId("news").textContent = "Connection lost";
    byId("windows").textContent = "";
    retry();
  };
}

function retry() {
  // Spread out, so that all windows do not come back to a new server at the same moment.
  retryAt = Date.now() + wait * (0.5 + Math.random() / 2);
  wait = Math.min(wait * 2, longestWait);
  const tick = () => {
    const left = retryAt - Date.now();
    if (left <= 0) connect();
    else show("waiting", "Offline, trying again in " + Math.ceil(left / 1000) + " s");
  };
  clearInterval(ticker);
  ticker = setInterval(tick, 200);
  tick();
}

function changeRandomBar() {
  const id = 1 + Math.floor(Math.random() * bars.size);
  const value = 10 * Math.floor(Math.random() * (plot.max / 10 + 1));
  fetch("/api?id=" + id + "&value=" + value).catch(() => {
    byId("news").textContent = "The change could not be sent";
  });
}

drawGrid();
byId("random").addEventListener("click", changeRandomBar);
byId("curl").textContent = "curl '" + location.origin + "/api?id=8&value=300'";
window.addEventListener("online", () => {
  if (root.dataset.state === "waiting") connect();
});
connect();
`;
