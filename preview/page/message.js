// One bubble. It is built again when the message changes; only nodes and texts, never markup.

import { element, richText } from "/page/rich_text.js";

export function messageNode(message, phone) {
  const node = element("article", `message ${message.from_bot ? "theirs" : "mine"}`);
  node.dataset.id = message.id;
  node.tabIndex = -1;
  node.setAttribute("aria-label", spoken(message, phone));
  const bubble = element("div", "bubble");
  if (message.reply_to) bubble.append(quoted(message, phone));
  if (message.photo) bubble.append(picture(message, phone));
  if (message.playing) bubble.append(...player(message));
  if (message.document) bubble.append(paper(message.document));
  if (message.text) {
    const words = element("div", "words");
    words.append(richText(message.text, message.entities, { onCommand: (text) => phone.write(text) }));
    bubble.append(words);
  }
  bubble.append(meta(message, phone));
  node.append(bubble, replyButton(message, phone));
  if (message.buttons.length) node.append(keyboard(message, phone));
  return node;
}

// What a screen reader says when the bubble gets the focus, and when it is new.
export function spoken(message, phone) {
  const who = message.from_bot ? phone.botName : "You";
  const what = [
    message.photo ? "picture" : "",
    message.playing ? nameOf(message).toLowerCase() : "",
    message.document ? `file ${message.document.name}` : "",
    message.text,
  ].filter(Boolean).join(". ");
  const count = message.buttons.flat().length;
  const keys = count ? `. ${count} ${count === 1 ? "button" : "buttons"}` : "";
  return `${who}: ${what}${keys}`;
}

function quoted(message, phone) {
  const node = element("button", "quoted");
  node.type = "button";
  const words = element("span");
  words.append(message.reply_text ?? "A message that is gone");
  node.append(words);
  node.title = "Show the message replied to";
  node.addEventListener("click", () => phone.focusMessage(message.reply_to));
  return node;
}

function picture(message, phone) {
  const node = element("img", "picture");
  node.src = message.photo.url;
  node.width = message.photo.width;
  node.height = message.photo.height;
  node.alt = `Picture from ${message.from_bot ? phone.botName : "you"}`;
  return node;
}

// What a message without words is called.
export function nameOf(message) {
  const kinds = { voice: "Voice message", audio: "Audio", video: "Video", animation: "Video" };
  if (message.playing) return kinds[message.playing.kind];
  return message.document ? "File" : "Picture";
}

// Nothing is loaded and nothing plays before somebody asks for it.
function player(message) {
  const file = message.playing;
  const seen = file.kind === "video" || file.kind === "animation";
  const node = element(seen ? "video" : "audio", seen ? "film" : "sound");
  node.controls = true;
  node.preload = "none";
  node.src = file.url;
  if (seen && file.width && file.height) node.style.aspectRatio = `${file.width} / ${file.height}`;
  const line = element("p", "played");
  const length = file.seconds ? `${Math.floor(file.seconds / 60)}:${String(file.seconds % 60).padStart(2, "0")}, ` : "";
  const name = file.kind === "voice" ? nameOf(message) : file.name;
  line.append(`${name}, ${length}${sizeOf(file.size)}`);
  node.setAttribute("aria-label", line.textContent);
  return [node, line];
}

function sizeOf(bytes) {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function paper(file) {
  const node = element("a", "paper");
  node.href = file.url;
  node.download = file.name;
  const name = element("span", "paper-name");
  name.append(file.name);
  const size = element("span", "paper-size");
  size.append(`${sizeOf(file.size)}, save`);
  node.append(name, size);
  return node;
}

function meta(message, phone) {
  const node = element("p", "meta");
  const time = element("time");
  time.dateTime = new Date(message.date * 1000).toISOString();
  time.append(phone.clock.timeOf(message.date));
  const words = [message.edited ? "edited" : "", message.silent ? "silent" : ""].filter(Boolean);
  if (message.reaction) node.append(`${message.reaction} `);
  if (words.length) node.append(`${words.join(" · ")} · `);
  node.append(time);
  return node;
}

function replyButton(message, phone) {
  const node = element("button", "reply");
  node.type = "button";
  node.tabIndex = -1;
  node.setAttribute("aria-label", "Reply to this message");
  node.title = "Reply (or press R on a message)";
  node.append("↩");
  node.addEventListener("click", () => phone.replyTo(message));
  return node;
}

function keyboard(message, phone) {
  const node = element("div", "keys");
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", "Buttons of this message");
  message.buttons.forEach((row, rowNumber) => {
    const line = element("div", "key-row");
    row.forEach((button, column) => line.append(key(button, message, rowNumber, column, phone)));
    node.append(line);
  });
  return node;
}

function key(button, message, row, column, phone) {
  const node = element("button", `key ${button.style ?? ""}`);
  node.type = "button";
  node.dataset.place = `${message.id}.${row}.${column}`;
  node.append(button.text);
  if (button.url || button.web_app) {
    node.append(" ↗");
    if (/^https?:/.test(button.url ?? "")) node.setAttribute("aria-label", `${button.text}, opens ${new URL(button.url).hostname}`);
  }
  node.addEventListener("click", () => phone.press(message, row, column, node));
  return node;
}
