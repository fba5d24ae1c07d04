// Talking to the server that gave out this page. Everything is JSON; every failure is an Error
// whose message can be shown to a person.

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || "The server did not understand that.");
  return body;
}

export const get = async (path, signal) => answer(await fetch(path, { signal, cache: "no-store" }));

export const post = async (path, body = {}) =>
  answer(await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }));

export async function upload(path, file, fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  form.append("file", file, file.name);
  return answer(await fetch(path, { method: "POST", body: form }));
}

// Ask again and again for what is newer than `after`; give `take` each answer. Ends when aborted.
// A server that was started again counts from the beginning, so after a failure we do, too.
export async function follow(path, take, signal) {
  let after = 0;
  while (!signal.aborted) {
    try {
      const news = await get(`${path}?after=${after}&wait=${after ? 25 : 0}`, signal);
      take(news, after === 0);
      after = news.revision;
    } catch (error) {
      if (signal.aborted) return;
      after = 0;
      await new Promise((done) => setTimeout(done, 1500));
    }
    if (!after) await new Promise((done) => setTimeout(done, 500));
  }
}
