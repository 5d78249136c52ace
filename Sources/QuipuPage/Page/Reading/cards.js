// Annotations and notes as cards: in the margin at the height of their passage, or below it on a narrow screen.
import { ask, post } from "./api.js";
import { button, h, replace, told } from "./dom.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { attempt, say } from "./notices.js";
import { undo } from "./chosen.js";
import { dayOf, value } from "./words.js";

const gap = 10;
const wide = matchMedia("(min-width: 70rem)");

export class Cards {
    /** @param context `{view, record, canWrite, reload, signal}` */
    constructor(context) {
        this.context = context;
        this.element = h("div", { class: "margin" });
        this.items = [];
        const place = () => requestAnimationFrame(() => this.place());
        addEventListener("resize", place, { signal: context.signal });
        wide.addEventListener("change", () => { this.settle(); place(); }, { signal: context.signal });
    }

    show(annotations) {
        this.items = annotations.filter((one) => hasPlace(one)).sort((one, other) => one.passage.start - other.passage.start)
            .map((one) => ({ one, start: one.passage.start, end: one.passage.end, card: this.card(one) }));
        this.settle();
        this.paint(null);
    }

    /** Puts the cards where they belong on a screen of this width. */
    settle() {
        const { view } = this.context;
        this.element.replaceChildren();
        for (const other of view.element.querySelectorAll(".card")) other.remove();
        if (wide.matches) this.element.append(...this.items.map((item) => item.card));
        else for (const item of [...this.items].reverse()) view.paragraphs[view.at(Math.max(item.end - 1, item.start))]?.element.after(item.card);
    }

    /** In the margin: as near to their passages as they fit below one another. Everything is read before anything is written. */
    place() {
        if (!wide.matches || !this.element.isConnected) {
            for (const { card } of this.items) card.style.top = "";
            return;
        }
        const top = this.element.getBoundingClientRect().top;
        const ranges = this.items.map((item) => this.context.view.range(item.start, item.end)?.getBoundingClientRect().top ?? top);
        const heights = this.items.map((item) => item.card.offsetHeight);
        let free = 0;
        this.items.forEach((item, index) => {
            const y = Math.max(free, ranges[index] - top);
            item.card.style.top = Math.round(y) + "px";
            free = y + heights[index] + gap;
        });
        this.element.style.minHeight = Math.round(free) + "px";
    }

    paint(current) {
        this.context.view.highlight(this.items.map((item) => ({ ...item, name: item === current ? "current" : "note" })));
        for (const item of this.items) item.card.classList.toggle("current", item === current);
    }

    /** The innermost annotation over a place in the text. */
    at(points) {
        return this.items.filter((item) => item.start <= points && points < item.end)
            .sort((one, other) => (one.end - one.start) - (other.end - other.start))[0] ?? null;
    }

    focus(item) { if (item) { item.card.focus(); item.card.scrollIntoView({ block: "nearest" }); } }

    step(direction) {
        const at = this.items.findIndex((item) => item.card === document.activeElement?.closest(".card"));
        const next = this.items[at < 0 ? (direction > 0 ? 0 : this.items.length - 1) : at + direction];
        if (!next) return;
        this.context.view.range(next.start, next.end)?.startContainer.parentElement?.scrollIntoView({ block: "center" });
        this.focus(next);
    }

    card(one) {
        const { record } = one;
        const item = () => this.items.find((other) => other.one === one) ?? null;
        const body = h("div", { class: "card-body" });
        const card = h("article", { class: "card", tabindex: "0", "aria-label": "Annotation", "data-id": record.uuid,
            onfocusin: () => this.paint(item()), onfocusout: () => this.paint(null),
            onmouseenter: () => this.paint(item()), onmouseleave: () => this.paint(null) }, body);
        showCard(body, one, this.context, () => this.place());
        return card;
    }
}

export function hasPlace(one) { return one.passage !== null && one.passage.start !== null && one.passage.start !== undefined && one.passage.state !== "lost"; }

/** What a card says, and its editing; also for what has lost its place, and for notes. */
export function showCard(body, one, context, afterwards = () => {}) {
    const { record } = one;
    const { fields } = record;
    const tags = Object.keys(fields.tags ?? {});
    const name = "remark:" + record.uuid;
    const unsaved = draft(name);
    replace(body,
        fields.title ? h("h3", { dir: "auto" }, value(fields.title)) : null,
        one.isQuoted && fields.quote ? h("blockquote", { dir: "auto" }, fields.quote.exact) : null,
        fields.text ? h("p", { class: "remark", dir: "auto" }, value(fields.text)) : null,
        tags.length ? h("p", { class: "labels" }, tags.map((tag) => h("span", { class: "tag", dir: "auto" }, tag))) : null,
        h("p", { class: "by" }, told(value(fields.author) || one.author || ""), " · ", fields.date ? value(fields.date) : dayOf(one.timeMilliseconds),
            one.passage?.state === "changed" ? " · the passage has changed" : null, record.conflicted ? [" · ", h("a", { href: "#/inbox" }, "in conflict")] : null),
        context.canWrite ? h("div", { class: "card-actions" },
            button(unsaved ? "Go on writing" : fields.text ? "Edit" : "Remark", edit, { class: "plain" }),
            button("Tag", () => edit(true), { class: "plain" }),
            button("Delete", remove, { class: "plain" })) : null);
    afterwards();

    function edit(isForTags) {
        const area = h("textarea", { rows: "4", dir: "auto", "aria-label": "Remark", value: unsaved?.text ?? value(fields.text), oninput: () => keepDraft(name, area.value, record.etag) });
        const line = h("input", { value: tags.join(", "), dir: "auto", "aria-label": "Tags, with commas", placeholder: "tags, with commas" });
        const save = async () => {
            const wanted = line.value.split(",").map((tag) => tag.trim()).filter(Boolean);
            const change = { text: area.value.trim() || null,
                tags: Object.fromEntries([...tags.filter((tag) => !wanted.includes(tag)).map((tag) => [tag, null]), ...wanted.map((tag) => [tag, true])]) };
            const done = await attempt(() => ask("PATCH", "records/" + record.uuid, { body: { fields: change },
                type: "application/merge-patch+json", headers: { "If-Match": unsaved?.etag ?? record.etag, Prefer: "keep-both" } }));
            if (!done) return;
            dropDraft(name);
            if (done.conflicted && !record.conflicted) say("Somebody changed this meanwhile. Both remarks are kept, in the inbox.");
            context.reload();
        };
        replace(body, h("form", { onsubmit: (event) => { event.preventDefault(); save(); }, onkeydown: (event) => {
            if (event.key === "Escape") { event.stopPropagation(); dropDraft(name); showCard(body, one, context, afterwards); body.parentElement.focus(); }
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
        } }, area, line, h("div", { class: "buttons" }, h("button", { class: "main" }, "Save"),
            button("Cancel", () => { dropDraft(name); showCard(body, one, context, afterwards); }))));
        (isForTags === true ? line : area).focus();
        afterwards();
    }
    async function remove() {
        const done = await attempt(() => post("edits", { records: [record.uuid], delete: true, words: "delete an annotation" }));
        if (!done) return;
        context.reload();
        say("Deleted.", { action: () => undo(done.entry, { refresh: context.reload }) });
    }
}
