// What is typed and not yet acknowledged by the server stays in the browser: over a reload, a stopped server, a closed lid.

let prefix = "quipu-draft:";

export function useDraftsOf(archive) { prefix = `quipu-draft:${archive}:`; }

/** @returns {{text: string, etag: string|null, time: number}|null} */
export function draft(name) {
    try { return JSON.parse(localStorage.getItem(prefix + name)); } catch { return null; }
}

/** @returns whether it could be kept: storage may be full or forbidden. */
export function keepDraft(name, text, etag = null) {
    try {
        localStorage.setItem(prefix + name, JSON.stringify({ text, etag, time: Date.now() }));
        return true;
    } catch { return false; }
}

export function dropDraft(name) { localStorage.removeItem(prefix + name); }

export function drafts() {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** When somebody signs out nothing of theirs stays. */
export function dropAllDrafts() {
    for (const key of Object.keys(localStorage)) if (key.startsWith("quipu-draft:")) localStorage.removeItem(key);
}
