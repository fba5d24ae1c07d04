// The author's panel: what is wrong with the course, and a way to every step of it. It asks the
// server for news whenever anything happened on a phone; everything shown is text, never markup.

import { get, post } from "/page/server.js";
import { element } from "/page/rich_text.js";

const WIDE = "(min-width: 78rem)";
const part = (name) => document.getElementById(`author-${name}`);

export class Author {
  constructor({ phones, clock }) {
    this.phones = phones;
    this.clock = clock;
    this.revision = 0;
    this.course = null;
    this.standings = [];
    this.lastLesson = "";
    this.fold(localStorage.getItem("author") ?? (matchMedia(WIDE).matches ? "open" : "folded"));
    part("fold").addEventListener("click", () => this.fold(part("body").hidden ? "open" : "folded", true));
    part("phone").addEventListener("change", () => this.drawPlace());
    part("restart").addEventListener("click", () => this.restart());
    part("script").addEventListener("click", () => this.makeScript());
    part("lessons").addEventListener("keydown", (event) => this.walk(event));
    part("lessons").addEventListener("focusin", (event) => this.keepStop(event.target));
  }

  fold(state, keep = false) {
    part("body").hidden = state === "folded";
    part("fold").setAttribute("aria-expanded", String(state !== "folded"));
    if (keep) localStorage.setItem("author", state);
  }

  // --- news -----------------------------------------------------------------------------------

  // One question at a time; what happens meanwhile is asked for afterwards.
  async read() {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    do {
      this.again = false;
      const news = await get(`/author?after=${this.revision}`).catch(() => null);
      if (news) this.take(news);
    } while (this.again);
    this.reading = false;
  }

  take(news) {
    this.standings = news.standings;
    if (news.course) {
      const first = !this.course;
      this.course = news.course;
      this.revision = news.revision;
      document.getElementById("author").hidden = false;
      this.drawCourse(first);
    }
    if (this.course) this.drawPlace();
  }

  // --- what is shown --------------------------------------------------------------------------

  drawCourse(first) {
    const { title, version, problems, is_shown: shown } = this.course;
    const counted = count(problems);
    part("course").textContent = `${title} ${version}`;
    part("count").textContent = counted;
    part("count").className = `count ${shown ? "" : "bad"}`;
    part("problems-title").textContent = problems.length ? `Problems: ${counted}` : "Problems: none";
    part("state").className = shown ? "author-state" : "author-state bad";
    const at = new Date(this.course.read_at).toLocaleTimeString("en-GB");
    if (!shown) part("state").textContent = `Saved ${at}, with errors. The phones keep the course as it was.`;
    else part("state").textContent = first && this.revision === 1 ? "Save a file of the course, and the phones follow." : `Saved ${at}. It is on the phones.`;
    keepingFocus(part("problems"), () => part("problems").replaceChildren(...problems.map((one) => this.problem(one))));
    keepingFocus(part("lessons"), () => this.drawLessons());
  }

  problem(problem) {
    const node = element("li", `problem ${problem.severity}`);
    const head = element("p", "problem-head");
    const word = element("strong");
    word.append(problem.severity === "error" ? "Error" : "Warning");
    const place = element("code");
    place.append(problem.place);
    head.append(word, ` ${problem.code} `, place);
    const message = element("p", "problem-message");
    message.append(...withCode(problem.message));
    const fix = element("p", "problem-fix");
    fix.append("Fix: ", ...withCode(problem.fix));
    const copy = element("button", "quiet");
    copy.type = "button";
    copy.dataset.key = `copy ${problem.code} ${problem.place}`;
    copy.append("Copy");
    copy.setAttribute("aria-label", `Copy the problem at ${problem.place}`);
    copy.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(problem.drawn).then(() => true, () => false);
      this.say(done ? "Copied." : "The browser does not let this page copy.");
    });
    node.append(head, message, fix, copy);
    return node;
  }

  drawLessons() {
    const open = new Set([...part("lessons").querySelectorAll("details[open]")].map((one) => one.dataset.lesson));
    part("lessons").replaceChildren(...this.course.lessons.map((lesson, number) => {
      const node = element("li");
      const fold = element("details");
      fold.dataset.lesson = lesson.id;
      fold.open = open.has(lesson.id);
      const head = element("summary");
      head.dataset.key = `lesson ${lesson.id}`;
      head.append(`${number + 1}. ${lesson.title}`);
      if (lesson.is_test) head.append(" (test)");
      const people = element("span", "here");
      head.append(people);
      const steps = element("ol");
      steps.append(...lesson.steps.map((step, place) => this.step(lesson, step, place)));
      fold.append(head, steps);
      node.append(fold);
      return node;
    }));
    this.keepStop(part("lessons").querySelector("summary"));
  }

  step(lesson, step, place) {
    const row = element("li");
    const node = element("button", "step");
    node.type = "button";
    node.dataset.key = `step ${lesson.id} ${step.id}`;
    node.title = `Put the phone at this step (${step.id})`;
    const kind = element("span", "kind");
    kind.append(step.kind.replaceAll("_", " "));
    const words = element("span", "step-words");
    words.append(step.words);
    node.append(kind, " ", words, element("span", "here"));
    node.addEventListener("click", () => this.jump(lesson.id, place));
    row.append(node);
    return row;
  }

  drawPlace() {
    this.drawPhones();
    const phone = this.phone();
    const person = phone?.person;
    const here = this.standings.find((one) => one.person_id === person?.id);
    part("place").textContent = this.placeInWords(here);
    part("restart").disabled = !here?.step_id;
    part("script").disabled = !person;
    if (person) part("transcript").href = `/author/people/${person.id}/transcript`;
    const names = new Map(this.phones.map((one) => [one.person?.id, one.person?.name.split(" ")[0]]));
    for (const node of part("lessons").querySelectorAll("[data-key]")) {
      const key = node.dataset.key;
      const there = this.standings.filter((one) => key === `lesson ${one.lesson_id}` || key === `step ${one.lesson_id} ${one.step_id}`);
      node.querySelector(".here").textContent = there.map((one) => names.get(one.person_id)).filter(Boolean).join(", ");
      if (here?.step_id && key === `step ${here.lesson_id} ${here.step_id}`) node.setAttribute("aria-current", "step");
      else node.removeAttribute("aria-current");
    }
    const opened = here && `${here.person_id} ${here.lesson_id}`;
    if (here?.lesson_id && this.lastLesson !== opened) this.lessonNode(here.lesson_id)?.setAttribute("open", "");
    this.lastLesson = opened ?? this.lastLesson;
  }

  placeInWords(here) {
    if (!here) return "Not in the course yet. Choosing a step below joins it.";
    const number = this.course.lessons.findIndex((one) => one.id === here.lesson_id);
    const lesson = this.course.lessons[number];
    const words = [`Version ${here.version}`];
    if (here.next_at) {
      const seconds = new Date(here.next_at).getTime() / 1000;
      words.push(`something is due ${this.clock.dayOf(seconds)}, ${this.clock.timeOf(seconds)}`);
    }
    if (!lesson) return `No lesson is open. ${words.join("; ")}.`;
    if (!here.step_id) return `Lesson ${number + 1} of ${this.course.lessons.length} waits to be begun. ${words.join("; ")}.`;
    const tried = here.try_number > 1 ? `, try ${here.try_number}` : "";
    return `Lesson ${number + 1} of ${this.course.lessons.length}, step ${here.step + 1} of ${here.steps}${tried}. ${words.join("; ")}.`;
  }

  drawPhones() {
    const list = part("phone");
    const wanted = this.phones.map((one, number) => `Phone ${number + 1}: ${one.person?.name ?? "nobody"}`);
    if ([...list.options].map((one) => one.textContent).join() === wanted.join()) return;
    const chosen = Math.max(list.selectedIndex, 0);
    list.replaceChildren(...wanted.map((words, number) => new Option(words, String(number))));
    list.selectedIndex = chosen;
  }

  lessonNode(id) {
    return [...part("lessons").querySelectorAll("details")].find((one) => one.dataset.lesson === id);
  }

  phone() {
    return this.phones[Math.max(part("phone").selectedIndex, 0)];
  }

  // --- what the author does -------------------------------------------------------------------

  jump(lesson, step) {
    const person = this.phone().person;
    return this.attempt(async () => {
      await post(`/author/people/${person.id}/jump`, { lesson, step });
      const number = this.course.lessons.findIndex((one) => one.id === lesson);
      if (this.course.lessons[number].is_test) this.say(`${person.name} is at the start of lesson ${number + 1}, a test: its questions are drawn then.`);
      else this.say(`${person.name} is at lesson ${number + 1}, step ${step + 1} now.`);
    });
  }

  restart() {
    const here = this.standings.find((one) => one.person_id === this.phone().person?.id);
    return here ? this.jump(here.lesson_id, here.step) : undefined;
  }

  makeScript() {
    const person = this.phone().person;
    return this.attempt(async () => {
      const made = await post(`/author/people/${person.id}/script`);
      this.say(`Saved as ${made.path}. To play it: dusal course replay PATH ${made.path}`);
    });
  }

  async attempt(deed) {
    try {
      await deed();
    } catch (error) {
      this.say(error.message);
    }
    await this.read();
  }

  say(words) {
    part("said").textContent = words;
  }

  // --- by keyboard: one tab stop for the whole list, arrows inside -----------------------------

  rows() {
    return [...part("lessons").querySelectorAll("summary, details[open] button.step")];
  }

  keepStop(node) {
    if (!node?.matches("summary, button.step")) return;
    for (const one of part("lessons").querySelectorAll("summary, button.step")) one.tabIndex = one === node ? 0 : -1;
  }

  walk(event) {
    const rows = this.rows();
    const here = rows.indexOf(event.target);
    if (here < 0) return;
    const fold = event.target.closest("details");
    const to = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) rows[Math.max(0, Math.min(to, rows.length - 1))].focus();
    else if (event.key === "ArrowRight" && event.target.matches("summary")) fold.open = true;
    else if (event.key === "ArrowLeft" && event.target.matches("summary")) fold.open = false;
    else if (event.key === "ArrowLeft") fold.querySelector("summary").focus();
    else return;
    event.preventDefault();
  }
}

function count(problems) {
  const errors = problems.filter((one) => one.severity === "error").length;
  const counted = [[errors, "error"], [problems.length - errors, "warning"]];
  return counted.filter(([n]) => n).map(([n, word]) => `${n} ${word}${n === 1 ? "" : "s"}`).join(", ");
}

// What stands between backticks is what somebody writes into a file.
function withCode(words) {
  return words.split("`").map((piece, place) => {
    if (place % 2 === 0) return piece;
    const code = element("code");
    code.append(piece);
    return code;
  });
}

// Nodes are made anew; whoever had the focus keeps it, or the list has it.
function keepingFocus(list, draw) {
  const key = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  draw();
  if (!key) return;
  const same = [...list.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  (same ?? list).focus({ preventScroll: true });
}
