// Two phones, the people who may hold them, the clock, and how it all looks.

import { Author } from "/page/author.js";
import { Clock } from "/page/clock.js";
import { Phone } from "/page/phone.js";
import { follow, post } from "/page/server.js";

const status = document.getElementById("status");
const say = (words) => { status.textContent = words; };
const clock = new Clock(say);
const seen = new Map();
let people = [];

const phones = [1, 2].map((number) => new Phone(number, { clock, onShow: () => remember(), onAdd: (phone) => add(phone) }));
document.getElementById("phones").append(...phones.map((phone) => phone.root));
const author = new Author({ phones, clock });

function remember() {
  const ids = phones.map((phone) => phone.person?.id).filter(Boolean);
  history.replaceState(null, "", `#${ids.join(",")}`);
  drawPeople();
  author.read();
}

function drawPeople() {
  for (const phone of phones) {
    const shown = people.find((person) => person.id === phone.person?.id);
    if (shown) seen.set(shown.id, shown.last_message_id);
  }
  for (const phone of phones) phone.showPeople(people, seen);
}

function takePeople(news, whole) {
  people = news.people;
  if (whole) for (const person of people) if (!seen.has(person.id)) seen.set(person.id, person.last_message_id);
  const wanted = location.hash.slice(1).split(",").map(Number);
  phones.forEach((phone, place) => {
    if (phone.person || !people.length) return;
    phone.show(people.find((person) => person.id === wanted[place]) ?? people[place] ?? people[0]);
  });
  drawPeople();
  clock.read();
  author.read();
}

await clock.read();
follow("/phone/people", takePeople, new AbortController().signal);

// --- adding a person ---------------------------------------------------------------------------

const dialog = document.getElementById("new-person");
let adding = phones[0];

function add(phone) {
  adding = phone;
  dialog.showModal();
}

dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "add") return;
  const form = new FormData(dialog.querySelector("form"));
  try {
    const person = await post("/phone/people", { name: form.get("name"), language: form.get("language") });
    people = [...people.filter((other) => other.id !== person.id), person];
    adding.show(person);
    say(`${person.name} holds phone ${phones.indexOf(adding) + 1} now.`);
    dialog.querySelector("form").reset();
  } catch (error) {
    say(error.message);
  }
});

// --- how it looks ------------------------------------------------------------------------------

function setting(id, apply) {
  const field = document.getElementById(id);
  const kept = localStorage.getItem(id);
  if (kept && [...field.options].some((option) => option.value === kept)) field.value = kept;
  const use = () => {
    localStorage.setItem(id, field.value);
    apply(field.value);
  };
  field.addEventListener("change", use);
  use();
}

setting("size", (value) => document.documentElement.style.setProperty("--text", value));
setting("theme", (value) => { document.documentElement.dataset.theme = value; });
