// One record: its text in a column, annotations beside it, what belongs to it below.
import { get, post } from "./api.js";
import { append, button, h, inParts, isTyping, replace, safeAddress, tellDrawn, told } from "./dom.js";
import { attachmentList } from "./attachments.js";
import { Cards, hasPlace, showCard } from "./cards.js";
import { undo } from "./chosen.js";
import { editable, saveTags } from "./fields.js";
import { recordHistory } from "./history.js";
import { onChange } from "./live.js";
import { Marking, askText } from "./marking.js";
import { askLine, attempt, say } from "./notices.js";
import { TextView, forgetHighlights } from "./passages.js";
import { dropDraft } from "./drafts.js";
import * as words from "./words.js";

const facts = ["author", "date", "publisher", "url", "doi", "language"];
const notShown = new Set(["title", "body", "tags", "collections", "derived", "abstract", "text", "deleted", "target", "quote", "position", "mergedInto", ...facts]);

export async function showRecord(main, context) {
    const { signal } = context;
    const id = context.parts[0];
    const record = await get(`records/${encodeURIComponent(id)}?with=dependents`, { signal });
    if (signal.aborted) return;
    if (record.target && ["annotation", "note", "attachment"].includes(record.kind)) return context.go("#/record/" + record.target.uuid);
    document.title = words.caption(record) + " – Quipu";
    let inner = new AbortController();
    signal.addEventListener("abort", () => { inner.abort(); forgetHighlights(); });

    let isBehind = false;
    const reload = async () => {
        const since = performance.now();
        const before = new Set(main.querySelectorAll("form"));
        const fresh = await get(`records/${record.uuid}?with=dependents`, { signal });
        if (signal.aborted) return;
        // A form that was opened meanwhile stays; what came is shown when it is closed.
        isBehind = [...main.querySelectorAll("form")].some((form) => !before.has(form));
        if (isBehind) return;
        const y = scrollY;
        inner.abort();
        inner = new AbortController();
        draw(main, fresh, { ...context, reload, closed, since, signal: inner.signal, tab: main.dataset.tab ?? "here" });
        scrollTo(0, y);
    };
    const closed = () => { if (isBehind && !main.querySelector("form")) reload().catch(() => {}); };
    draw(main, record, { ...context, reload, closed, signal: inner.signal, tab: "here" });
    onChange((ids) => { if (ids.has(record.id) || [...ids].some((one) => /^(annotation|note|attachment):/.test(one))) { if (main.querySelector("form")) isBehind = true; else reload().catch(() => {}); } }, signal);
}

function draw(main, record, context) {
    const { fields } = record;
    const { canWrite, reload } = context;
    const language = words.direction(record);
    const body = typeof fields.body === "string" ? fields.body : typeof fields.text === "string" ? fields.text : "";
    const bodyName = typeof fields.text === "string" && record.kind !== "article" ? "text" : "body";
    const view = new TextView(body.replaceAll("\r\n", "\n").replaceAll("\r", "\n"), { ...language, tabindex: "-1", "aria-label": "Text" });
    const annotations = record.dependents.filter((one) => one.record.kind === "annotation");
    const notes = record.dependents.filter((one) => one.record.kind === "note");
    const lost = annotations.filter((one) => one.passage && !hasPlace(one));
    const whole = [...annotations.filter((one) => !one.passage), ...notes];
    const cards = new Cards({ ...context, view, record });
    const inside = { ...context, view, record };
    const marking = canWrite && body ? new Marking(inside) : null;

    const title = editable(record, "title", { context, element: "div", show: (given) => h("h1", { ...language }, words.value(given) || words.caption(record)) });
    const text = editable(record, bodyName, { context, isLong: true, show: () => body ? view.element
        : h("p", { class: "hint" }, record.missingTexts.includes(bodyName) ? "The text is not on this machine yet; it comes with the next sync." : "There is no text.") });
    if (record.missingTexts.includes(bodyName)) text.querySelector(".pencil")?.remove();

    const tabs = [["here", "Here", annotations.length - lost.length - annotations.filter((one) => !one.passage).length], ["lost", "Lost", lost.length], ["whole", "Whole article", whole.length]];
    const margin = h("div", { class: "beside" });
    const showTab = (name) => {
        main.dataset.tab = name;
        for (const tab of margin.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
        const panel = margin.querySelector("[role=tabpanel]");
        if (name === "here") {
            replace(panel, cards.element, annotations.length || !canWrite ? null : h("p", { class: "hint" }, "Select a passage to highlight it or to write a remark; by keyboard, press m."));
            cards.show(annotations.filter(hasPlace));
            requestAnimationFrame(() => cards.place());
        } else {
            cards.show([]);
            replace(panel, name === "lost" ? lostList(lost, inside) : wholeList(whole, inside));
        }
    };
    append(margin, [h("div", { role: "tablist", "aria-label": "Annotations" }, tabs.map(([name, label, number]) =>
        h("button", { type: "button", role: "tab", "data-tab": name, "aria-selected": "false", onclick: () => showTab(name) }, label, number ? h("span", { class: "number" }, number) : null))),
        h("div", { role: "tabpanel", "aria-label": "Annotations" })]);

    replace(main,
        record.deleted ? h("p", { class: "banner" }, "This record is deleted. ", canWrite ? button("Restore", restore) : null) : null,
        record.conflicted ? h("p", { class: "banner" }, "Two edits of this record are in conflict. ", h("a", { href: "#/inbox?record=" + record.uuid }, "Settle")) : null,
        h("div", { class: "sheet" },
            h("div", { class: "column" }, title,
                h("dl", { class: "facts" }, facts.filter((name) => canWrite || fields[name]).map((name) => fact(record, name, context))),
                tagLine(record, context),
                fields.abstract ? h("p", { class: "abstract", ...language }, words.value(fields.abstract)) : null,
                canWrite && body ? h("p", { class: "tools" }, button("Mark by keyboard", () => marking.begin(), { class: "plain", "aria-keyshortcuts": "m" }),
                    button("Note on the article…", note, { class: "plain" })) : canWrite ? h("p", { class: "tools" }, button("Note on the article…", note, { class: "plain" })) : null,
                marking?.help, text,
                attachmentList(record, context), more(record), recordHistory(record, context)),
            margin, marking ? [marking.caret, marking.bar] : null));
    showTab(context.tab);
    tellDrawn(main, "record", record.uuid, context.since);

    view.element.addEventListener("click", (event) => {
        if (!getSelection().isCollapsed) return;
        const at = document.caretPositionFromPoint?.(event.clientX, event.clientY);
        const range = at ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
        const points = at ? view.offset(at.offsetNode, at.offset) : range ? view.offset(range.startContainer, range.startOffset) : null;
        if (points !== null) cards.focus(cards.at(points));
    }, { signal: context.signal });
    addEventListener("keydown", (event) => {
        if (event.defaultPrevented || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
        if (event.key === "j" || event.key === "k") cards.step(event.key === "j" ? 1 : -1);
        else if (event.key === "e" && canWrite) text.edit();
        else return;
        event.preventDefault();
    }, { signal: context.signal });

    async function restore() {
        const done = await attempt(() => post(`records/${record.uuid}/restore`, undefined, { headers: { "If-Match": record.etag } }));
        if (done) { say("Restored."); reload(); }
    }
    async function note() {
        const name = "new-note:" + record.uuid;
        const written = await askText("Note on the article", name);
        if (!written) return;
        const done = await attempt(() => post("records", { kind: "note", fields: { target: record.id, text: written } }));
        if (done) { dropDraft(name); main.dataset.tab = "whole"; reload(); }
    }
}

function fact(record, name, context) {
    const show = (given) => {
        const text = words.value(given);
        if (!text) return h("span", { class: "none" }, "–");
        const address = name === "url" ? text : name === "doi" ? "https://doi.org/" + text.replace(/^https?:\/\/(dx\.)?doi\.org\//, "") : null;
        return address && safeAddress(address) ? h("a", { href: address, dir: "auto" }, text) : told(text);
    };
    return h("div", {}, h("dt", {}, words.field(name)), editable(record, name, { context, show, element: "dd" }));
}

function tagLine(record, context) {
    const tags = Object.keys(record.fields.tags ?? {});
    if (!tags.length && !context.canWrite) return null;
    const change = async (given) => { if (await attempt(() => saveTags(record, given))) context.reload(); };
    return h("p", { class: "labels", "aria-label": "Tags and collections" },
        (record.collectionNames ?? []).map((name) => h("a", { class: "collection", href: "#/shelf?q=" + encodeURIComponent(`in:"${name}"`), dir: "auto" }, name)),
        tags.map((tag) => h("span", { class: "tag" }, h("a", { href: "#/shelf?q=" + encodeURIComponent(`tag:"${tag}"`), dir: "auto" }, tag),
            context.canWrite ? button("×", () => change({ [tag]: null }), { class: "plain", "aria-label": "Take away the tag " + tag }) : null)),
        context.canWrite ? button("+ tag", async () => {
            const { tags: known } = await get("tags");
            const line = await askLine("Tag the record", "Tags, with commas", { choices: known.slice(0, 500).map((one) => one.tag) });
            if (line) change(Object.fromEntries(line.split(",").map((tag) => tag.trim()).filter(Boolean).map((tag) => [tag, true])));
        }, { class: "plain" }) : null);
}

function lostList(lost, context) {
    if (!lost.length) return h("p", { class: "hint" }, "Every annotation has its place in the text.");
    return [h("p", { class: "hint" }, "The passages of these are no longer in the text."),
        inParts(lost, (one) => still({ ...one, isQuoted: true }, context))];
}

function wholeList(whole, context) {
    if (!whole.length) return h("p", { class: "hint" }, "Notes and remarks on the whole article stand here.");
    return inParts(whole, (one) => still(one, context));
}

function still(one, context) {
    const body = h("div", { class: "card-body" });
    showCard(body, one, context);
    return h("article", { class: "card still" }, body);
}

/** What the source said under names of its own. */
function more(record) {
    const rows = Object.entries(record.fields).filter(([name, given]) => !notShown.has(name) && given !== null);
    const sources = record.sources ?? [];
    if (!rows.length && !sources.length) return null;
    return h("details", { class: "more" }, h("summary", {}, "More of its source"), h("dl", {},
        sources.map((source) => h("div", {}, h("dt", {}, "from"), h("dd", { dir: "auto" }, words.value(source)))),
        rows.map(([name, given]) => h("div", {}, h("dt", { dir: "auto" }, words.field(name)), h("dd", { dir: "auto" }, words.value(given))))));
}
