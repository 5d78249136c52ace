// Requests to the server that this page came from, and nothing else.

const kept = "quipu-secret";
/** What is before the server's own paths, where a proxy serves it below one: the page is at `BASE/` or `BASE/NAME`. */
const base = new URL(".", document.baseURI).pathname.replace(/\/$/, "");
let archive = "";
let whenSignedOut = () => {};
let whenReachable = () => {};

export function useArchive(name) { archive = name; }
export function onSignedOut(action) { whenSignedOut = action; }
/** The action is told whether the server could be reached, with each request. */
export function onReachable(action) { whenReachable = action; }

export const secret = {
    get: () => sessionStorage.getItem(kept),
    set: (text) => sessionStorage.setItem(kept, text),
    remove: () => sessionStorage.removeItem(kept),
};

/** An answer that is no success: what happened, to what, what to do (RFC 9457). */
export class Problem extends Error {
    constructor(status, body) {
        super(body?.title ?? `The server answered ${status}`);
        this.status = status;
        this.word = String(body?.type ?? "").split(":").pop();
        this.detail = body?.detail ?? "";
        this.present = body?.present ?? null;
        this.etag = null;
    }
}

/** The server cannot be reached: nothing is known of what it did. */
export class Unreachable extends Error {
    constructor() { super("The server does not answer"); this.detail = "What you typed is kept here."; }
}

export async function ask(method, path, { body, type, headers = {}, signal, raw = false, rooted = false } = {}) {
    const sent = new Headers(headers);
    if (secret.get()) sent.set("Authorization", "Bearer " + secret.get());
    let content = body;
    if (body !== undefined && !(body instanceof Blob)) {
        content = JSON.stringify(body);
        sent.set("Content-Type", type ?? "application/json");
    } else if (body) sent.set("Content-Type", "application/octet-stream");
    const address = base + (rooted ? path : `/v1/archives/${encodeURIComponent(archive)}/${path}`);
    let answer;
    try {
        answer = await fetch(address, { method, headers: sent, body: content, signal, cache: "no-store" });
    } catch (error) {
        if (error.name === "AbortError") throw error;
        whenReachable(false);
        throw new Unreachable();
    }
    whenReachable(true);
    if (!answer.ok && answer.status !== 304) {
        const problem = new Problem(answer.status, await answer.json().catch(() => null));
        problem.etag = answer.headers.get("ETag");
        if (answer.status === 401) whenSignedOut(problem);
        throw problem;
    }
    if (raw) return answer;
    if (answer.status === 204 || answer.status === 304) return null;
    const value = await answer.json();
    const tag = answer.headers.get("ETag");
    if (tag && value && typeof value === "object" && !value.etag) value.etag = tag;
    return value;
}

/** An address that the server gave, as the browser reaches it. */
export const reached = (path) => base + path;

export const get = (path, options) => ask("GET", path, options);

/** A POST that can be sent again when nobody knows whether it arrived: the key makes the second one harmless. */
export async function post(path, body, options = {}) {
    const headers = { "Idempotency-Key": crypto.randomUUID(), ...options.headers };
    for (let attempt = 1; ; attempt += 1) {
        try { return await ask("POST", path, { ...options, body, headers }); } catch (error) {
            if (!(error instanceof Unreachable) || attempt >= 3) throw error;
            await new Promise((go) => setTimeout(go, 400 * attempt));
        }
    }
}

/** Parameters that have a value, as the end of an address. */
export function query(parameters) {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== null && value !== undefined && value !== "" && value !== false) given.set(name, String(value));
    }
    const text = given.toString();
    return text ? "?" + text : "";
}
