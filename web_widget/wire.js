// The service over HTTP. Every failure becomes one of two errors: `Unreached` (try again, the same client_id makes it
// safe) or `Refused` (the service understood and said no).

const SETTLE_S = 5;
const PATIENCE_MS = 12_000;

/** The network or the service did not answer. `replies` are words that a service in trouble could still send. */
export class Unreached extends Error {
  constructor(status = 0, replies = []) {
    super(`not reached (${status})`);
    this.status = status;
    this.replies = replies;
  }
}

/** The service answered no. `gone`: the conversation is not there any more; `detail` and `replies` are for the person. */
export class Refused extends Error {
  constructor(status, detail, replies) {
    super(`refused (${status})`);
    this.replies = replies;
    this.gone = [401, 403, 404, 410].includes(status);
    this.detail = detail;
  }
}

export class Wire {
  #base;
  #card;
  #leaving = new AbortController();

  /** `card`: the code of the service whose card led here, if one did. */
  constructor(base, card = null) {
    this.#base = base.replace(/\/$/, "");
    this.#card = card;
  }

  /** Opens a conversation: {id, token, messages}. */
  open() {
    return this.#call("POST", "/api/v1/conversations", null, this.#card ? { card: this.#card } : {});
  }

  /** Sends one message and waits until the turn has settled: {message, safety, replies}. */
  send({ id, token }, clientId, text) {
    const path = `/api/v1/conversations/${id}/messages?wait=${SETTLE_S}`;
    return this.#call("POST", path, token, { client_id: clientId, text });
  }

  /** What was said after `seq`: {items, next}. */
  since({ id, token }, seq) {
    return this.#call("GET", `/api/v1/conversations/${id}/messages?after=${seq}`, token);
  }

  /** Who has the conversation now: {owner, officer?, position?, safety}. */
  state({ id, token }) {
    return this.#call("GET", `/api/v1/conversations/${id}`, token);
  }

  /** Gives up the place in the queue. */
  leaveQueue({ id, token }) {
    return this.#call("POST", `/api/v1/conversations/${id}/leave-queue`, token, {});
  }

  /** Wipes the conversation everywhere. */
  wipe({ id, token }) {
    return this.#call("DELETE", `/api/v1/conversations/${id}`, token);
  }

  /** Where the card of what somebody told opens, for a form with the field `token`: in no address, so in no history. */
  card({ id, token }) {
    return { action: `${this.#base}/api/v1/conversations/${id}/result`, token };
  }

  /** Where everything that is kept about somebody opens, in the same way. */
  copy({ id, token }) {
    return { action: `${this.#base}/api/v1/conversations/${id}/copy`, token };
  }

  /** A socket for what happens live; the first frame must be the token. Throws where sockets are not allowed. */
  socket({ id }) {
    return new WebSocket(`${this.#base.replace(/^http/, "ws")}/api/v1/conversations/${id}/live`);
  }

  /** Ends every call at once: the person is leaving. */
  abandon() {
    this.#leaving.abort();
  }

  async #call(method, path, token, body) {
    if (this.#leaving.signal.aborted) throw new Unreached();
    const deadline = new AbortController();
    const stop = () => deadline.abort();
    const timer = setTimeout(stop, PATIENCE_MS);
    this.#leaving.signal.addEventListener("abort", stop);
    try {
      const answer = await fetch(this.#base + path, {
        method,
        signal: deadline.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        headers: {
          ...(token && { Authorization: `Bearer ${token}` }),
          ...(body && { "Content-Type": "application/json" }),
        },
        body: body && JSON.stringify(body),
      });
      const said = answer.status === 204 ? null : await answer.json().catch(() => null);
      if (answer.ok && (said !== null || answer.status === 204)) return said;
      if (answer.ok || answer.status >= 500 || answer.status === 429 || answer.status === 408) {
        throw new Unreached(answer.status, said?.replies ?? []);
      }
      throw new Refused(answer.status, said?.detail ?? null, said?.replies ?? []);
    } catch (error) {
      throw error instanceof Refused || error instanceof Unreached ? error : new Unreached();
    } finally {
      clearTimeout(timer);
      this.#leaving.signal.removeEventListener("abort", stop);
    }
  }
}
