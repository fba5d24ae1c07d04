// One phone: whose it is, what stands in its chat, and what its holder does.

import { follow, post, upload } from "/page/server.js";
import { element } from "/page/rich_text.js";
import { messageNode, nameOf, spoken } from "/page/message.js";

const TOAST_MS = 4000;

export class Phone {
  constructor(number, { clock, onShow, onAdd }) {
    this.clock = clock;
    this.onShow = onShow;
    this.onAdd = onAdd;
    this.root = document.getElementById("phone").content.cloneNode(true).firstElementChild;
    this.root.setAttribute("aria-label", `Phone ${number}`);
    this.part = (name) => this.root.querySelector(`.${name}`);
    this.part("people").setAttribute("aria-label", `Who holds phone ${number}`);
    this.messages = new Map();
    this.drafts = new Map();
    this.person = null;
    this.botName = "Bot";
    this.listen();
  }

  // --- whose phone it is ---------------------------------------------------------------------

  show(person) {
    if (this.person) this.drafts.set(this.person.id, this.box.value);
    this.stop?.abort();
    this.stop = new AbortController();
    this.person = person;
    this.path = `/phone/people/${person.id}`;
    this.box.value = this.drafts.get(person.id) ?? "";
    this.replyTo(null);
    this.hideBuzz();
    this.onShow();
    follow(`${this.path}/chat`, (chat, whole) => this.take(chat, whole), this.stop.signal);
  }

  showPeople(people, seen) {
    const bar = this.part("people");
    const focused = document.activeElement?.dataset?.person;
    const hadFocus = bar.contains(document.activeElement);
    bar.replaceChildren(...people.map((person) => {
      const node = element("button", "person");
      node.type = "button";
      node.dataset.person = person.id;
      const face = element("span", `avatar hue-${person.id % 6}`);
      face.setAttribute("aria-hidden", "true");
      face.append(initials(person.name));
      node.append(face, person.name.split(" ")[0]);
      node.setAttribute("aria-pressed", String(person.id === this.person?.id));
      const news = person.last_message_id > (seen.get(person.id) ?? 0) && person.id !== this.person?.id;
      node.classList.toggle("news", news);
      node.setAttribute("aria-label", `${person.name}, ${person.language}${news ? ", new messages" : ""}`);
      node.addEventListener("click", () => this.show(person));
      return node;
    }));
    const add = element("button", "person add");
    add.type = "button";
    add.dataset.person = "new";
    const plus = element("span", "avatar");
    plus.append("+");
    add.append(plus, "Add");
    add.setAttribute("aria-label", "Add a person");
    add.addEventListener("click", () => this.onAdd(this));
    bar.append(add);
    if (hadFocus) bar.querySelector(`[data-person="${focused}"]`)?.focus();
  }

  // --- what stands in the chat ---------------------------------------------------------------

  take(chat, whole) {
    this.botName = chat.bot.name;
    this.part("bot-name").textContent = chat.bot.name;
    this.part("bot-avatar").textContent = initials(chat.bot.name);
    this.log.setAttribute("aria-label", `Chat of ${chat.person.name} with ${chat.bot.name}`);
    this.blocked = chat.blocked;
    this.part("block").textContent = chat.blocked ? "Unblock" : "Block";
    this.showState(chat.action);
    this.showCommands(chat.commands, chat.menu_button);
    this.showQuick(chat.keyboard);
    this.showGate(chat);
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const first = whole || this.messages.size === 0;
    if (whole) this.messages.clear();
    for (const id of chat.deleted) this.messages.delete(id);
    const fresh = whole ? [] : chat.messages.filter((message) => !this.messages.has(message.id));
    const changed = whole ? [] : chat.messages.filter((message) => this.messages.has(message.id));
    for (const message of chat.messages) this.messages.set(message.id, message);
    if (whole) this.drawAll(chat);
    else this.drawSome(chat, [...fresh, ...changed]);
    const last = chat.messages.at(-1);
    if (whole || atEnd || (fresh.length && last)) this.log.scrollTop = this.log.scrollHeight;
    if (!first || fresh.length) this.announce(fresh, changed);
  }

  drawAll(chat) {
    this.log.replaceChildren();
    if (!chat.started && chat.bot.description) {
      const about = element("p", "about");
      about.append(chat.bot.description);
      this.log.append(about);
    }
    for (const message of this.messages.values()) this.place(message);
  }

  drawSome(chat, messages) {
    if (chat.started) this.part("about")?.remove();
    for (const id of chat.deleted) this.nodeOf(id)?.remove();
    for (const message of messages) this.place(message);
  }

  place(message) {
    const node = messageNode(message, this);
    const old = this.nodeOf(message.id);
    if (!old) {
      const day = this.clock.dayOf(message.date);
      if (this.log.querySelector(".message") === null || this.lastDay !== day) {
        const line = element("p", "day");
        line.append(day);
        this.log.append(line);
        this.lastDay = day;
      }
      this.log.append(node);
      return;
    }
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(node);
    if (!focused) return;
    const same = focused.dataset.place && node.querySelector(`[data-place="${focused.dataset.place}"]`);
    (same || node).focus({ preventScroll: true });
  }

  // New bubbles are said politely and once; only what buzzes shows on the lock screen.
  announce(fresh, changed) {
    const theirs = fresh.filter((message) => message.from_bot);
    const edited = changed.filter((message) => message.from_bot && message.edited);
    const words = [
      ...theirs.map((message) => spoken(message, this)),
      ...edited.map((message) => `Changed. ${spoken(message, this)}`),
    ];
    if (words.length) this.part("said").textContent = words.join("\n");
    const loud = theirs.filter((message) => !message.silent).at(-1);
    if (loud) this.buzz(loud);
  }

  buzz(message) {
    this.part("buzz-head").textContent = `${this.botName} · ${this.clock.timeOf(message.date)}`;
    this.part("buzz-text").textContent = message.text || nameOf(message);
    this.part("buzz").hidden = false;
    this.buzzing = message.id;
    clearTimeout(this.buzzEnd);
    this.buzzEnd = setTimeout(() => this.hideBuzz(), 8000);
  }

  hideBuzz() {
    this.part("buzz").hidden = true;
  }

  showState(action) {
    clearTimeout(this.stateEnd);
    this.part("bot-state").textContent = action ? `${action.kind.replaceAll("_", " ")} …` : "bot";
    if (action) this.stateEnd = setTimeout(() => this.showState(null), action.seconds * 1000);
  }

  showCommands(commands, button) {
    this.part("menu").hidden = !commands.length && button.type === "commands";
    // Whatever arrives comes by here: buttons made anew would lose the focus of somebody who is choosing.
    const listed = JSON.stringify(commands);
    if (listed === this.listed) return;
    this.listed = listed;
    this.part("commands").replaceChildren(...commands.map((command) => {
      const node = element("button", "command");
      node.type = "button";
      const name = element("strong");
      name.append(`/${command.command}`);
      node.append(name, command.description);
      node.addEventListener("click", () => {
        this.openMenu(false);
        this.write(`/${command.command}`);
      });
      return node;
    }));
  }

  showQuick(rows) {
    const bar = this.part("quick");
    bar.hidden = !rows.length;
    const keys = JSON.stringify(rows);
    if (keys === this.keys) return;
    this.keys = keys;
    bar.replaceChildren(...rows.flat().map((button) => {
      const node = element("button", "quick-key");
      node.type = "button";
      node.append(button.text);
      node.addEventListener("click", () => this.write(button.text));
      return node;
    }));
  }

  showGate(chat) {
    const closed = !chat.started || chat.blocked;
    this.part("gate").hidden = !closed;
    this.part("composer").hidden = closed;
    this.part("start").textContent = chat.blocked ? "Unblock" : "Start";
    this.focusBox();
  }

  // --- what the holder does ------------------------------------------------------------------

  listen() {
    this.log = this.part("log");
    this.box = this.part("composer").querySelector("textarea");
    this.part("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      } else if (event.key === "Escape") this.replyTo(null);
    });
    this.box.addEventListener("input", () => this.grow());
    this.part("composer").querySelector("input").addEventListener("change", (event) => {
      const [file] = event.target.files;
      if (file) this.sendFile(file);
      event.target.value = "";
    });
    this.part("menu").addEventListener("click", () => this.openMenu(this.part("commands").hidden));
    this.part("reply-cancel").addEventListener("click", () => this.replyTo(null));
    this.part("buzz-close").addEventListener("click", () => this.hideBuzz());
    this.part("buzz-open").addEventListener("click", () => {
      this.hideBuzz();
      this.focusMessage(this.buzzing);
    });
    this.part("start").addEventListener("click", () => (this.blocked ? this.block() : this.write("/start")));
    this.part("block").addEventListener("click", () => this.block());
    this.log.addEventListener("keydown", (event) => this.walk(event));
    this.part("commands").addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.openMenu(false);
    });
  }

  // Arrow keys walk from bubble to bubble, R replies.
  walk(event) {
    const bubbles = [...this.log.querySelectorAll(".message")];
    const here = bubbles.indexOf(event.target.closest(".message"));
    const steps = { ArrowUp: here < 0 ? bubbles.length - 1 : here - 1, ArrowDown: here + 1, Home: 0, End: bubbles.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      bubbles[Math.max(0, Math.min(steps[event.key], bubbles.length - 1))]?.focus();
    } else if (event.key.toLowerCase() === "r" && here >= 0 && event.target === bubbles[here]) {
      event.preventDefault();
      this.replyTo(this.messages.get(Number(bubbles[here].dataset.id)));
    }
  }

  openMenu(open) {
    this.part("commands").hidden = !open;
    this.part("menu").setAttribute("aria-expanded", String(open));
    (open ? this.part("commands").querySelector("button") : this.part("menu"))?.focus();
  }

  replyTo(message) {
    this.reply = message;
    this.part("reply-bar").hidden = !message;
    this.part("reply-text").textContent = message ? message.text || nameOf(message) : "";
    if (message) this.box.focus();
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 120)}px`;
  }

  async send() {
    const text = this.box.value;
    if (!text.trim()) return;
    if (await this.write(text)) {
      this.box.value = "";
      this.grow();
    }
  }

  write(text) {
    const reply = this.reply;
    return this.attempt(async () => {
      await post(`${this.path}/text`, reply ? { text, reply_to: reply.id } : { text });
      this.replyTo(null);
      this.wantsBox = true;
      this.focusBox();
    });
  }

  // The box opens only when the server has told us that the chat has begun.
  focusBox() {
    if (!this.wantsBox || this.part("composer").hidden) return;
    this.wantsBox = false;
    this.box.focus();
  }

  sendFile(file) {
    const kind = /^image\/(png|jpeg|gif)$/.test(file.type) ? "photo" : "document";
    const fields = { caption: this.box.value.trim(), reply_to: this.reply?.id };
    return this.attempt(async () => {
      await upload(`${this.path}/${kind}`, file, fields);
      this.replyTo(null);
      this.box.value = "";
    });
  }

  block() {
    return this.attempt(() => post(`${this.path}/${this.blocked ? "unblock" : "block"}`));
  }

  press(message, row, column, node) {
    node.setAttribute("aria-busy", "true");
    this.hideBuzz();
    return this.attempt(async () => {
      const said = await post(`${this.path}/press`, { message_id: message.id, row, column });
      node.removeAttribute("aria-busy");
      if (said.url) window.open(said.url, "_blank", "noopener");
      if (said.copied) await navigator.clipboard.writeText(said.copied).catch(() => undefined);
      if (said.toast && said.alert) showAlert(said.toast);
      else if (said.toast || said.copied) this.toast(said.toast || "Copied");
      else if (!said.answered) this.toast("The bot has not answered the tap yet.");
    }).finally(() => node.removeAttribute("aria-busy"));
  }

  async attempt(deed) {
    try {
      await deed();
      return true;
    } catch (error) {
      this.toast(error.message);
      return false;
    }
  }

  toast(words) {
    const node = this.part("toast");
    node.textContent = words;
    node.hidden = false;
    clearTimeout(this.toastEnd);
    this.toastEnd = setTimeout(() => { node.hidden = true; }, TOAST_MS);
  }

  nodeOf(id) {
    return this.log.querySelector(`[data-id="${id}"]`);
  }

  focusMessage(id) {
    const node = this.nodeOf(id);
    node?.scrollIntoView({ block: "center" });
    node?.focus();
  }
}

function initials(name) {
  const words = name.split(" ").filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
}

function showAlert(words) {
  document.getElementById("alert-text").textContent = words;
  document.getElementById("alert").showModal();
}
