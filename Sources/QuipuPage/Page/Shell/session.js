// Who is signed in: by the one-time code of `quipu open`, by a token, or without either on a server that asks nobody.
import { ask, get, post, secret, useArchive } from "./api.js";
import { button, h, replace } from "./dom.js";
import { drafts, dropAllDrafts, useDraftsOf } from "./drafts.js";

const fragment = new URLSearchParams(location.hash.startsWith("#/") ? "" : location.hash.slice(1));

/** `quipu open` serves at `http://LABEL.localhost:PORT/`, where no token opens anything. */
const isOwnOrigin = /^q[0-9a-f]{16}\.localhost$/.test(location.hostname);

/** What the address asked to be shown first, as `#/…`; null for nothing in particular. */
function firstPlace() {
    if (fragment.get("record")) return "#/record/" + encodeURIComponent(fragment.get("record"));
    if (fragment.has("q")) return "#/shelf?q=" + encodeURIComponent(fragment.get("q"));
    return null;
}

/** Browsers keep addresses in their history, so the code leaves it at once. */
export function takeCode() {
    const code = fragment.get("code");
    if (code || firstPlace()) history.replaceState(null, "", location.pathname + (firstPlace() ?? ""));
    return code;
}

/** @returns the session `{mode, archive, author, role}`, or null after the reason has been shown. */
export async function signIn(place, code) {
    if (code) {
        secret.remove();
        try {
            secret.set((await post("/v1/session", { code }, { rooted: true })).secret);
        } catch (error) { return explain(place, error, "Run quipu open again to get a new address."); }
    }
    for (;;) {
        try {
            const session = await get("/v1/session", { rooted: true });
            const archive = session.archive ?? decodeURIComponent(location.pathname.split("/").pop());
            if (!archive) return explain(place, new Error("Which archive?"), "Add its name to the address, as in /press.");
            useArchive(archive);
            useDraftsOf(archive);
            return { ...session, archive };
        } catch (error) {
            if (error.status !== 401 || error.word === "session-ended" || isOwnOrigin) {
                return explain(place, error, "Run quipu open again to get a new address.");
            }
            await askForToken(place, secret.get() ? error : null);
        }
    }
}

export async function signOut(session) {
    if (session.mode === "own") await ask("DELETE", "/v1/session", { rooted: true }).catch(() => {});
    secret.remove();
    dropAllDrafts();
    location.reload();
}

export function hasDrafts() { return drafts().length > 0; }

/**
 * Takes away what another program left in the browser for this address: a worker that answers in place of the server, which this page has
 * none of.
 * @returns whether there was one
 */
export async function dismissWorkers() {
    const found = await navigator.serviceWorker?.getRegistrations().catch(() => []) ?? [];
    for (const one of found) await one.unregister();
    return found.length > 0;
}

function explain(place, error, advice) {
    const again = button("Try again", () => location.reload(), { class: "main" });
    replace(place, h("main", { id: "main", class: "gate" }, h("h1", {}, "Quipu"),
        h("p", { class: "lead", role: "alert" }, error.message), h("p", {}, error.detail || advice), again));
    again.focus();
    return null;
}

function askForToken(place, refusal) {
    return new Promise((go) => {
        const field = h("input", { id: "token", type: "password", autocomplete: "off", required: true, spellcheck: "false",
            "aria-describedby": "token-hint" });
        replace(place, h("main", { id: "main", class: "gate" }, h("h1", {}, "Quipu"),
            refusal ? h("p", { class: "lead", role: "alert" }, refusal.message) : h("p", { class: "lead" }, "Sign in to read this archive."),
            h("form", { onsubmit: (event) => { event.preventDefault(); secret.set(field.value.trim()); go(); } },
                h("label", { for: "token" }, "Access token"), field,
                h("p", { id: "token-hint", class: "hint" }, "The token that you were given with the address. It is kept until this tab is closed."),
                h("div", { class: "buttons" }, h("button", { class: "main" }, "Sign in")))));
        field.focus();
    });
}
