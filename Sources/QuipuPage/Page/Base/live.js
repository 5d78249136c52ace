// What others write - another program, a colleague's sync - reaches the page without a reload. A hidden tab asks for nothing: a
// browser keeps few connections to one server.
import { get, query } from "./api.js";

const listeners = new Set();
let position = null;
let waiting = null;
let isStopped = true;

/** The listener is told the ids of records that changed; it is gone when its signal is aborted. */
export function onChange(listener, signal) {
    listeners.add(listener);
    signal?.addEventListener("abort", () => listeners.delete(listener));
}

function tell(ids) { for (const listener of [...listeners]) listener(ids); }

export function startListening() {
    if (!isStopped) return;
    isStopped = false;
    document.addEventListener("visibilitychange", attend);
    attend();
}

export function stopListening() {
    isStopped = true;
    document.removeEventListener("visibilitychange", attend);
    waiting?.abort();
    waiting = null;
}

function attend() {
    if (document.hidden) {
        waiting?.abort();
        waiting = null;
    } else if (!waiting && !isStopped) listen();
}

async function listen() {
    const control = new AbortController();
    waiting = control;
    let pause = 500;
    while (waiting === control) {
        try {
            const answer = await get("changes" + query({ since: position, wait: position === null ? 0 : 30, limit: 200 }), { signal: control.signal });
            pause = 500;
            position = answer.position;
            if (answer.changes.length) tell(new Set(answer.changes.flatMap((change) => change.records)));
        } catch (error) {
            if (error.name === "AbortError" || error.status === 401) break;
            await new Promise((go) => setTimeout(go, pause));
            pause = Math.min(pause * 2, 8000);
        }
    }
    if (waiting === control) waiting = null;
}
