// Reads an answer of server-sent events: messages one by one, then "done", without which it was cut.

export async function readStream(answer, onBytes, onMessage) {
  for await (const block of blocks(answer, onBytes)) {
    const { event, data } = parsed(block);
    if (event === "message") onMessage(JSON.parse(data));
    if (event === "done") return { messages: [], token: JSON.parse(data).token };
  }
  throw new Error("the stream was cut");
}

async function* blocks(answer, onBytes) {
  let rest = "";
  for await (const text of texts(answer)) {
    onBytes();
    const parts = (rest + text).replace(/\r\n/g, "\n").split("\n\n");
    rest = parts.pop();
    yield* parts;
  }
}

// Where a browser cannot read a body piece by piece, the whole is one piece.
async function* texts(answer) {
  if (!answer.body) return yield answer.text();
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    yield decoder.decode(piece.value, { stream: true });
  }
}

function parsed(block) {
  const fields = { event: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "data") fields.data += value;
    else if (name) fields[name] = value;
  }
  return fields.data ? fields : {};
}
