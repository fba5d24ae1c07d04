// Text with entities becomes nodes: never markup, so nothing anybody writes can become a page.
// Offsets are UTF-16 units, which is what JavaScript strings count in. The server has already
// sorted the entities outermost first and cut those that cross.

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };

export function richText(text, entities, { onCommand }) {
  const found = document.createDocumentFragment();
  fill(found, text, 0, text.length, [...entities], onCommand);
  return found;
}

function fill(parent, text, from, to, entities, onCommand) {
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const entity = entities.shift();
    const end = Math.min(entity.offset + entity.length, to);
    const inside = [];
    while (entities.length && entities[0].offset < end) inside.push(entities.shift());
    if (entity.offset > at) parent.append(text.slice(at, entity.offset));
    const node = nodeFor(entity, text.slice(entity.offset, end), onCommand);
    fill(node.inner ?? node, text, entity.offset, end, inside, onCommand);
    parent.append(node);
    at = end;
    if (node.dataset.block && text[at] === "\n") at += 1;
  }
  if (at < to) parent.append(text.slice(at, to));
}

function nodeFor(entity, words, onCommand) {
  switch (entity.type) {
    case "text_link":
    case "url":
      return link(entity.url ?? words, onCommand);
    case "bot_command":
      return command(words, onCommand);
    case "blockquote":
      return block(element("blockquote"));
    case "expandable_blockquote":
      return foldedQuote();
    case "pre":
      return block(element("pre"));
    case "spoiler": {
      const node = element("button", "spoiler");
      node.type = "button";
      node.setAttribute("aria-label", "Hidden text. Show it.");
      node.addEventListener("click", () => {
        node.classList.add("shown");
        node.removeAttribute("aria-label");
      });
      return node;
    }
    case "date_time": {
      const node = element("time");
      node.dateTime = new Date(entity.unix_time * 1000).toISOString();
      return node;
    }
    default:
      return element(TAGS[entity.type] ?? "span");
  }
}

// Three lines show, and a button that says what it does and whether it has been done.
function foldedQuote() {
  const quote = block(element("blockquote", "folded"));
  const inner = element("div", "folded-words");
  const button = element("button", "unfold");
  button.type = "button";
  const show = (open) => {
    quote.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Show less" : "Show more";
  };
  button.addEventListener("click", () => show(!quote.classList.contains("open")));
  show(false);
  // Where everything fits there is nothing to unfold; larger text may change that.
  new ResizeObserver(() => {
    if (!quote.classList.contains("open")) button.hidden = inner.scrollHeight <= inner.clientHeight + 1;
  }).observe(inner);
  quote.append(inner, button);
  quote.inner = inner;
  return quote;
}

function command(text, onCommand) {
  const node = element("button", "command-link");
  node.type = "button";
  node.addEventListener("click", () => onCommand(text));
  return node;
}

function link(address, onCommand) {
  // A join link leads to this very bot: there is no other Telegram here to open it in.
  const invited = /^https:\/\/t\.me\/\w+\?start=([\w-]{1,64})$/.exec(address);
  if (invited) return command(`/start ${invited[1]}`, onCommand);
  const node = element("a");
  if (/^(https?|tg):\/\//i.test(address)) {
    node.href = address;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
    node.title = address;
  }
  return node;
}

function block(node) {
  node.dataset.block = "yes";
  return node;
}

export function element(tag, className = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  return node;
}
