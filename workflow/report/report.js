"use strict";
// Contents: the section that is being read.
const links = [...document.querySelectorAll("nav a")];
const places = links.map((link) => document.getElementById(link.hash.slice(1)));
const toTop = document.querySelector(".top");
function mark() {
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const last = places.findLastIndex((place) => place.getBoundingClientRect().top < innerHeight / 3);
  const current = atEnd ? links.length - 1 : Math.max(last, 0);
  toTop.hidden = scrollY < innerHeight / 2;
  links.forEach((link, number) => {
    if (number !== current) {
      link.removeAttribute("aria-current");
    } else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "true");
      const nav = link.closest("nav"), seen = nav.getBoundingClientRect(), box = link.getBoundingClientRect();
      nav.scrollBy(box.left - seen.left - seen.width / 3, box.top - seen.top - seen.height / 3);
    }
  });
}
addEventListener("scroll", mark, { passive: true });
mark();

// Figures: each opens large.
const dialog = document.getElementById("large");
for (const button of document.querySelectorAll("button.open")) {
  button.addEventListener("click", () => {
    const caption = button.nextElementSibling.cloneNode(true);
    caption.querySelector("details").remove();
    const text = document.createElement("div");
    text.className = "note";
    text.append(...caption.childNodes);
    dialog.lastElementChild.replaceChildren(button.firstElementChild.cloneNode(), text);
    dialog.showModal();
    dialog.scrollTop = 0;
  });
}
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

// Tunes. Each event is [onset, duration, MIDI numbers, x, y]: seconds at 120 beats a minute, percent of the notation.
const tempo = document.getElementById("tempo");
const stopButton = document.getElementById("stop");
const status = document.getElementById("playing");
let playing = null;

function stop() {
  if (!playing) return;
  clearTimeout(playing.timer);
  playing.context.close();
  playing.cursor.hidden = true;
  playing.button.textContent = "Play";
  status.textContent = "";
  stopButton.disabled = true;
  playing = null;
}

function sound(context, numbers, seconds) {
  const now = context.currentTime + 0.02;
  for (const number of numbers) {
    const oscillator = context.createOscillator(), gain = context.createGain();
    oscillator.type = "triangle";
    oscillator.frequency.value = 440 * 2 ** ((number - 69) / 12);
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(0.25, now + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.01, now + Math.max(seconds, 0.03));
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(now);
    oscillator.stop(now + Math.max(seconds, 0.03));
  }
}

// Plays one event and waits for the next, so that a new tempo counts at once. `due` is in milliseconds.
function step(number, due) {
  const { events, context, cursor } = playing;
  if (number === events.length) return stop();
  const [, duration, numbers, x, y] = events[number];
  const seconds = duration * 120 / tempo.value;
  sound(context, numbers, seconds);
  cursor.hidden = x === undefined;
  cursor.style.left = `${x}%`;
  cursor.style.top = `${y}%`;
  const next = due + 1000 * seconds;
  playing.timer = setTimeout(() => step(number + 1, next), next - performance.now());
}

function play(button) {
  const tune = button.closest(".tune");
  playing = { button, events: JSON.parse(tune.dataset.events), cursor: tune.querySelector(".cursor"), context: new AudioContext() };
  button.textContent = "Stop";
  status.textContent = `Playing: ${tune.getAttribute("aria-label")}`;
  stopButton.disabled = false;
  step(0, performance.now());
}

for (const button of document.querySelectorAll(".tune button")) {
  button.addEventListener("click", () => {
    const again = playing && playing.button === button;
    stop();
    if (!again) play(button);
  });
}
stopButton?.addEventListener("click", stop);
tempo?.addEventListener("input", () => { document.getElementById("beats").textContent = tempo.value; });
