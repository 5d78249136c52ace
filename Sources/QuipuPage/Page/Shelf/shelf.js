// The list of records: search as one types, filters beside it, several chosen at once.
import { get, query } from "./api.js";
import { begun } from "./query.js";
import { chosenBar } from "./chosen.js";
import { button, h, replace, tellDrawn, told } from "./dom.js";
import { filters } from "./filters.js";
import { chooseFiles } from "./importing.js";
import { onChange } from "./live.js";
import { sayError } from "./notices.js";
import { caption, count, direction, value } from "./words.js";

const pageSize = 50;
let kept = null;
let shown = null;

/** Another query for the list that is shown already; false if it is not. `since` is when somebody asked for it. */
export function updateShelf(parameters, since = performance.now()) {
    if (!shown?.main.isConnected) return false;
    shown.update(parameters.q ?? "", since);
    return true;
}

export async function showShelf(main, context) {
    const view = kept ?? { chosen: new Map(), sort: "" };
    kept = view;
    const { parameters, search, signal, go } = context;
    let text = parameters.q ?? "";
    if (document.activeElement !== search) search.value = text;
    const heading = h("h1", { class: "unseen" }, "Shelf");
    const summary = h("p", { class: "summary", role: "status" });
    const notes = h("div", { class: "notes" });
    const list = h("ul", { class: "records", "aria-label": "Records" });
    const more = h("div", { class: "more" });
    const sort = h("select", { "aria-label": "Order", onchange: () => { view.sort = sort.value; load().catch(sayError); } },
        [["", "Best order"], ["-date", "Newest first"], ["date", "Oldest first"], ["title", "By title"], ["-changed", "Last changed"], ["-added", "Last added"]]
            .map(([key, label]) => h("option", { value: key }, label)));
    sort.value = view.sort;
    const state = { ...context, query: () => text, chosen: view.chosen, list, refresh: () => load().catch(sayError), setQuery: (next) => go("#/shelf" + query({ q: next })) };
    const bar = chosenBar(state);
    const side = h("aside", { class: "filters", "aria-label": "Filters" });
    replace(main, heading, side, h("div", { class: "results" }, h("div", { class: "head" }, summary, sort), notes, bar.element, list, more));
    let follow = () => {};

    let next = null;
    // Which list is shown: more of an earlier one is not added to it.
    let turn = 0;
    let [isAsking, waiting] = [false, null];
    let asked = "";
    const page = (after) => get("records" + query({ q: asked, sort: view.sort, limit: pageSize, after }), { signal });
    function add(records) {
        for (const record of records) list.append(item(record, state, bar));
        replace(more, next ? button("Show more", extend) : null);
    }
    async function extend() {
        const [after, current] = [next, turn];
        if (!after) return;
        next = null;
        try {
            const answer = await page(after);
            if (current !== turn) return;
            next = answer.next;
            add(answer.records);
        } catch (error) {
            if (current === turn) next = after;
            sayError(error);
        }
    }
    /** One question at a time: what is typed meanwhile is asked once the answer is there. */
    async function load(since = performance.now()) {
        waiting = since;
        if (isAsking) return;
        isAsking = true;
        try {
            while (waiting !== null && !signal.aborted) {
                const from = waiting;
                waiting = null;
                try { await draw(from); } catch (error) { if (waiting === null) throw error; }
            }
        } finally { isAsking = false; }
    }
    async function draw(since) {
        const wanted = text;
        asked = document.activeElement === search && search.dataset.typing ? begun(wanted) : wanted;
        const answer = await page(null);
        if (signal.aborted) return;
        turn += 1;
        next = answer.next;
        const focused = list.contains(document.activeElement) ? document.activeElement.closest("li")?.dataset.id : null;
        list.replaceChildren();
        replace(notes, answer.notes.map((note) => h("p", { class: note.mistake ? "note mistake" : "note", dir: "auto" }, note.message)));
        replace(summary, wanted ? `${count(answer.total, "record")} found` : count(answer.total, "record"));
        add(answer.records);
        if (!answer.records.length) replace(more, nothing(wanted, context));
        bar.update();
        tellDrawn(list, "list", wanted, since);
        if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"] a`)?.focus();
    }
    const watcher = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) extend();
    }, { rootMargin: "400px" });
    watcher.observe(more);
    signal.addEventListener("abort", () => watcher.disconnect());
    addEventListener("keydown", (event) => listKeys(event, list), { signal });
    onChange(() => { if (!signal.aborted && scrollY < 400) load().catch(() => {}); }, signal);
    shown = { main, update: (given, since) => {
        text = given;
        if (document.activeElement !== search) search.value = text;
        follow();
        load(since).catch((error) => signal.aborted || sayError(error));
    } };
    await load(context.since);
    // The list comes first; what is beside it waits.
    filters(side, state).then((update) => { follow = update; }).catch((error) => signal.aborted || sayError(error));
}

function nothing(text, context) {
    if (text) return h("div", { class: "empty" }, h("p", {}, "No record fits."), h("p", {}, "Take a filter away, or search for fewer words."));
    return h("div", { class: "empty" }, h("p", {}, "This archive is empty."),
        context.canWrite ? [h("p", {}, "Drop files here, or choose them: articles as text, Markdown, JSON and many exports of other programs."),
            button("Import files…", () => chooseFiles(context), { class: "main" })] : null);
}

function item(record, state, bar) {
    const { fields } = record;
    const title = caption(record);
    const box = h("input", { type: "checkbox", checked: state.chosen.has(record.uuid), "aria-label": "Choose " + title,
        onclick: (event) => bar.choose(record, box.checked, event.shiftKey) });
    const facts = [fields.author && value(fields.author), fields.date && value(fields.date), fields.publisher && value(fields.publisher)].filter(Boolean);
    const line = h("li", { "data-id": record.uuid, class: record.deleted ? "deleted" : null },
        state.canWrite ? box : null,
        h("div", { class: "entry" },
            h("a", { class: "title", href: "#/record/" + record.uuid, ...direction(record) }, title),
            facts.length ? h("p", { class: "facts" }, facts.map((fact, index) => [index ? " · " : null, told(fact)])) : null,
            record.passage ? h("p", { class: "passage", dir: "auto" }, passage(record.passage))
                : record.kind !== "article" && typeof fields.text === "string" && fields.text !== title ? h("p", { class: "passage", dir: "auto" }, fields.text.slice(0, 200)) : null,
            h("p", { class: "labels" },
                record.kind === "article" ? null : h("span", { class: "kind" }, record.kind),
                record.conflicted ? h("span", { class: "state" }, "in conflict") : null,
                record.deleted ? h("span", { class: "state" }, "deleted") : null,
                Object.keys(fields.tags ?? {}).map((tag) => h("span", { class: "tag", dir: "auto" }, tag)))));
    line.record = record;
    return line;
}

/** `high [water] mark`, with the words that fit in bold. */
function passage(text) {
    return text.split(/(\[[^\][]{1,200}\])/).map((part) =>
        part.startsWith("[") && part.endsWith("]") ? h("mark", {}, part.slice(1, -1)) : part);
}

function listKeys(event, list) {
    if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k", "x", "ArrowDown", "ArrowUp"].includes(event.key)) return;
    const inside = event.target.closest?.(".records");
    if (/INPUT|TEXTAREA|SELECT/.test(event.target.tagName) && event.target.type !== "checkbox") return;
    if (event.key.startsWith("Arrow") && !inside) return;
    const links = [...list.querySelectorAll("a.title")];
    const at = links.indexOf(document.activeElement?.closest("li")?.querySelector("a.title"));
    if (event.key === "x") links[at]?.closest("li").querySelector("input")?.click();
    else links[Math.min(links.length - 1, Math.max(0, at + (event.key === "j" || event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
}
