// The frame of the page: where one is, and how one gets elsewhere.
import { Problem, Unreachable, get, onReachable, onSignedOut } from "./api.js";
import { append, button, h, isTyping, replace } from "./dom.js";
import { showHistory } from "./history.js";
import { acceptDrops, chooseFiles } from "./importing.js";
import { showInbox } from "./inbox.js";
import { onChange, startListening, stopListening } from "./live.js";
import { noticeRegion, openDialog, say, sayError } from "./notices.js";
import { showRecord } from "./reading.js";
import { dismissWorkers, hasDrafts, signIn, signOut, takeCode } from "./session.js";
import { showShelf, updateShelf } from "./shelf.js";
import { showSteps } from "./steps.js";

const page = document.getElementById("page");
const places = { shelf: showShelf, record: showRecord, inbox: showInbox, history: showHistory, steps: showSteps };
let leave = new AbortController();
let shown = "";

export function go(hash) {
    if (location.hash === hash) show(); else location.hash = hash;
}

/** The place that the address names: `#/record/ID?mark=1` is `record`, `["ID"]`, `{mark: "1"}`. */
function placeOf(hash) {
    const [path, parameters] = hash.replace(/^#\/?/, "").split("?");
    const [name, ...parts] = path.split("/").map(decodeURIComponent);
    return { name: name in places ? name : "shelf", parts, parameters: Object.fromEntries(new URLSearchParams(parameters ?? "")) };
}

let context = null;

/** Shows what the search field asks for. What is typed step by step is one step of the browser's history. */
function find(since) {
    const text = context.search.value.trim() ? context.search.value : "";
    const hash = "#/shelf" + (text ? "?q=" + encodeURIComponent(text) : "");
    if (!updateShelf({ q: text }, since)) return go(hash);
    history.replaceState(null, "", hash);
    shown = hash;
}

async function show() {
    const { name, parts, parameters } = placeOf(location.hash);
    if (name === "shelf" && updateShelf(parameters)) return;
    leave.abort();
    leave = new AbortController();
    const signal = leave.signal;
    const since = performance.now();
    for (const link of context.links) {
        if (link.dataset.place === name) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    if (name !== "shelf") context.search.value = "";
    const main = h("main", { id: "main", tabindex: "-1", class: name });
    document.getElementById("main").replaceWith(main);
    document.title = context.session.archive + " – Quipu";
    try {
        await places[name](main, { ...context, parts, parameters, signal, since });
        if (!signal.aborted && shown !== location.hash && !isTyping(document.activeElement)) main.focus({ preventScroll: true });
        shown = location.hash;
    } catch (error) {
        if (signal.aborted || error.name === "AbortError") return;
        replace(main, h("h1", {}, error.status === 404 ? "Not here" : "That did not work"),
            h("p", { class: "lead", role: "alert" }, error.message), h("p", {}, error.detail),
            button("Try again", show, { class: "main" }));
    }
}

function frame(session) {
    const link = (place, label, extra) => h("a", { href: "#/" + place, "data-place": place }, label, extra);
    const badge = h("span", { class: "badge", hidden: true });
    const links = [link("shelf", "Shelf"), link("inbox", "Inbox", badge), link("history", "History"), link("steps", "In step?")];
    const search = h("input", { type: "search", id: "search", placeholder: "Search", autocomplete: "off", spellcheck: "false", dir: "auto",
        "aria-label": "Search the archive", "aria-keyshortcuts": "/" });
    search.addEventListener("input", (event) => { search.dataset.typing = "1"; find(event.timeStamp); });
    const offline = h("div", { id: "offline", role: "alert", hidden: true }, "The server does not answer. What you type is kept here and can be saved once it is back.");
    context = { session, search, links, badge, go, canWrite: session.role !== "reader", isOwn: session.mode === "own" };
    replace(page,
        h("a", { href: "#main", class: "skip", onclick: (event) => { event.preventDefault(); document.getElementById("main").focus(); } }, "Skip to content"),
        h("header", { id: "bar" },
            h("a", { href: "#/shelf", class: "brand", title: "Archive" }, h("bdi", {}, session.archive)),
            h("form", { role: "search", onsubmit: (event) => { event.preventDefault(); delete search.dataset.typing; find(event.timeStamp); } }, search),
            h("nav", { "aria-label": "Places" }, links),
            context.canWrite ? button("Import…", () => chooseFiles(context), { class: "plain", id: "import" }) : null,
            button("?", showKeys, { class: "plain", "aria-label": "Keys", "aria-keyshortcuts": "?" }),
            session.mode === "open" ? null : button("Sign out", leaveArchive, { class: "plain" })),
        offline, h("main", { id: "main", tabindex: "-1" }), noticeRegion());
    onReachable((isReachable) => { offline.hidden = isReachable; });
}

async function leaveArchive() {
    if (hasDrafts()) {
        const isSure = await openDialog("Sign out?", (close) => [
            h("p", {}, "Something that you typed is not saved yet; it is dropped when you sign out."),
            h("div", { class: "buttons" }, button("Stay", () => close(null), { class: "main" }), button("Drop it and sign out", () => close(true)))]);
        if (!isSure) return;
    }
    stopListening();
    await signOut(context.session);
}

const keys = [
    ["/", "search"], ["j, k", "next and previous, in a list or among annotations"], ["Enter", "open"], ["x", "choose in the shelf"],
    ["m", "mark by keyboard: arrows move, Shift extends"], ["h, n, t", "highlight, remark or tag what is marked"],
    ["e", "correct the text"], ["u", "undo what was just done"], ["g s, g i, g h, g t", "shelf, inbox, history, in step?"], ["Esc", "leave"], ["?", "this list"],
];

function showKeys() {
    openDialog("Keys", (close) => [
        h("dl", { class: "keys" }, keys.map(([key, meaning]) => [h("dt", {}, key), h("dd", {}, meaning)])),
        h("div", { class: "buttons" }, button("Close", () => close(null), { class: "main" }))]);
}

let isGoing = false;
function globalKeys(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) {
        if (event.key === "Escape") event.target.blur();
        return;
    }
    const target = isGoing ? { s: "shelf", i: "inbox", h: "history", t: "steps" }[event.key] : null;
    isGoing = event.key === "g";
    if (target) go("#/" + target);
    else if (event.key === "/") { context.search.focus(); context.search.select(); } else if (event.key === "?") showKeys();
    else if (event.key === "u") document.querySelector("#notices .undo")?.click();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
}

async function countConflicts() {
    const { total } = await get("conflicts?limit=1");
    context.badge.hidden = total === 0;
    replace(context.badge, String(total), h("span", { class: "unseen" }, " conflicts"));
}

async function begin() {
    const session = await signIn(page, takeCode());
    if (!session) return;
    frame(session);
    let isOut = false;
    onSignedOut((problem) => {
        if (isOut) return;
        isOut = true;
        leave.abort();
        stopListening();
        removeEventListener("hashchange", show);
        removeEventListener("keydown", globalKeys, true);
        sayError(problem);
        signIn(page, null).then((again) => again && location.reload());
    });
    addEventListener("hashchange", show);
    // What a click could not do is said, wherever it was asked.
    addEventListener("unhandledrejection", (event) => {
        // Somebody went elsewhere before the answer came.
        if (event.reason?.name === "AbortError") return event.preventDefault();
        if (!(event.reason instanceof Problem || event.reason instanceof Unreachable)) return;
        event.preventDefault();
        sayError(event.reason);
    });
    addEventListener("keydown", globalKeys, true);
    if (context.canWrite) acceptDrops(context);
    await show();
    countConflicts().catch(() => {});
    if (await dismissWorkers()) say("Another program had left something in the browser that answers for this page. It is gone now.", { action: () => location.reload(), label: "Load the page again" });
    onChange(() => countConflicts().catch(() => {}));
    startListening();
}

begin().catch((error) => append(page, [h("p", { role: "alert", class: "lead" }, error.message)]));
