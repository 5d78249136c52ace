// Annotations and notes as cards: in the margin at the height of their passage, or below it on a narrow screen.
import { ask, post } from "./api.js";
import { button, h, replace, told } from "./dom.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { attempt, say } from "./notices.js";
import { undo } from "./chosen.js";
import { dayOf, value } from "./words.js";

const gap = 10;
const guessedHeight = 96;
const fewCards = 30;
const mostRounds = 4;
const wide = matchMedia("(min-width: 70rem)");

export class Cards {
    /** @param context `{view, record, canWrite, reload, signal}` */
    constructor(context) {
        this.context = context;
        this.element = h("div", { class: "margin" });
        this.items = [];
        this.groups = new Map();
        this.current = null;
        const { signal, view } = context;
        let isDue = null;
        /** Once a frame: `place` measures the text, `build` only makes the cards that have come near. */
        const later = (what) => {
            if (isDue === null) requestAnimationFrame(() => { const due = isDue; isDue = null; if (!signal.aborted) this[due](); });
            isDue = isDue === "place" ? isDue : what;
        };
        addEventListener("resize", () => later("place"), { signal });
        addEventListener("scroll", () => later("build"), { signal, passive: true });
        // What was far and comes near has another height than was guessed.
        const heights = new ResizeObserver(() => later("place"));
        heights.observe(view.element);
        this.near = new IntersectionObserver((entries) => {
            for (const { isIntersecting, target } of entries) if (isIntersecting) this.fill(target.paragraphIndex, fewCards);
        }, { rootMargin: "600px" });
        signal.addEventListener("abort", () => { heights.disconnect(); this.near.disconnect(); });
        wide.addEventListener("change", () => { this.settle(); later("place"); }, { signal });
    }

    show(annotations) {
        this.items = annotations.filter((one) => hasPlace(one)).sort((one, other) => one.passage.start - other.passage.start)
            .map((one) => ({ one, start: one.passage.start, end: one.passage.end, card: null, height: guessedHeight, wish: 0, isExact: false, top: 0 }));
        this.settle();
        this.context.view.highlight("note", this.items);
        this.paint(null);
    }

    /** Puts the cards where they belong on a screen of this width; of many only those near the part that is seen. */
    settle() {
        const { view } = this.context;
        this.near.disconnect();
        this.groups.clear();
        for (const item of this.items) { item.card?.remove(); item.card = null; }
        for (const place of view.element.querySelectorAll(".cards")) place.remove();
        this.element.replaceChildren();
        if (wide.matches) return;
        this.element.style.minHeight = "";
        for (const item of this.items) {
            const index = view.at(Math.max(item.end - 1, item.start));
            if (!this.groups.has(index)) this.groups.set(index, { items: [], made: 0, place: null });
            this.groups.get(index).items.push(item);
        }
        for (const index of this.groups.keys()) this.near.observe(view.paragraphs[index].element);
    }

    /** On a narrow screen: the first cards below a paragraph. */
    fill(index, count) {
        const group = this.groups.get(index);
        if (!group || group.made >= Math.min(count, group.items.length)) return;
        const paragraph = this.context.view.paragraphs[index].element;
        this.near.unobserve(paragraph);
        if (!group.place) paragraph.after(group.place = h("div", { class: "cards" }));
        group.place.lastElementChild?.matches(".plain") && group.place.lastElementChild.remove();
        for (const item of group.items.slice(group.made, count)) group.place.append(item.card ??= this.card(item));
        group.made = Math.min(count, group.items.length);
        const left = group.items.length - group.made;
        if (left) group.place.append(button(`Show ${left.toLocaleString()} more`, () => this.fill(index, count + fewCards), { class: "plain" }));
    }

    /** In the margin: as near to their passages as they fit below one another. */
    place() {
        if (!wide.matches || !this.element.isConnected) return;
        const top = this.element.getBoundingClientRect().top;
        const tops = this.context.view.guessTops(this.items.map((item) => item.start));
        this.items.forEach((item, index) => { item.wish = tops[index] - top; item.isExact = false; });
        this.stack();
        this.build();
    }

    stack() {
        let free = 0;
        for (const item of this.items) {
            item.top = Math.round(Math.max(free, item.wish));
            free = item.top + item.height + gap;
            if (item.card) item.card.style.top = item.top + "px";
        }
        this.element.style.minHeight = free + "px";
    }

    /** Makes the cards that are near the part that is seen, and takes away those that are not, unless somebody is at work in them. */
    build() {
        if (!wide.matches || !this.element.isConnected) return;
        // The heights of new cards move those below, which may bring others near.
        for (let round = 0; round < mostRounds; round += 1) {
            const { top } = this.element.getBoundingClientRect();
            const [from, to] = [-top - innerHeight, -top + 2 * innerHeight];
            const nears = (item) => item.top + item.height >= from && item.top <= to;
            const guessed = this.items.filter((item) => !item.isExact && nears(item));
            if (guessed.length) {
                // Everything is read before anything is written.
                for (const item of guessed) { item.wish = this.context.view.top(item.start) - top; item.isExact = true; }
                this.stack();
            }
            const fresh = [];
            let after = null;
            for (const item of this.items) {
                const isNear = nears(item);
                if (!isNear && item.card && !item.card.contains(document.activeElement) && !item.card.querySelector("form")) {
                    item.card.remove();
                    item.card = null;
                }
                if (isNear && !item.card) {
                    item.card = this.card(item);
                    item.card.style.top = item.top + "px";
                    // In the order of the text, which is that of the Tab key.
                    if (after) after.after(item.card); else this.element.prepend(item.card);
                    fresh.push(item);
                }
                after = item.card ?? after;
            }
            if (!this.measure(fresh) && !guessed.length) return;
            this.stack();
        }
    }

    /** @returns whether one has another height than was thought. */
    measure(items) {
        let isOther = false;
        for (const item of items) {
            const height = item.card?.offsetHeight ?? item.height;
            if (height !== item.height) isOther = true;
            item.height = height;
        }
        return isOther;
    }

    /** What is in a card has another height now. */
    changed(item) {
        if (wide.matches && item.card?.isConnected && this.measure([item])) { this.stack(); this.build(); }
    }

    paint(current) {
        if (this.current === current && current !== null) return;
        this.current?.card?.classList.remove("current");
        this.current = current;
        this.context.view.highlight("current", current ? [current] : []);
        current?.card?.classList.add("current");
    }

    /** The innermost annotation over a place in the text. */
    at(points) {
        return this.items.filter((item) => item.start <= points && points < item.end)
            .sort((one, other) => (one.end - one.start) - (other.end - other.start))[0] ?? null;
    }

    focus(item) {
        if (!item) return;
        if (!wide.matches) {
            const { view } = this.context;
            const index = view.at(Math.max(item.end - 1, item.start));
            this.fill(index, this.groups.get(index).items.indexOf(item) + 1);
        } else if (!item.card) {
            scrollBy({ top: this.element.getBoundingClientRect().top + item.top - innerHeight / 2, behavior: "instant" });
            this.build();
        }
        item.card?.focus();
        item.card?.scrollIntoView({ block: "nearest" });
    }

    step(direction) {
        const card = document.activeElement?.closest(".card");
        const at = card ? this.items.findIndex((item) => item.card === card) : -1;
        const next = this.items[at < 0 ? (direction > 0 ? 0 : this.items.length - 1) : at + direction];
        if (!next) return;
        this.context.view.range(next.start, next.end)?.startContainer.parentElement?.scrollIntoView({ block: "center" });
        this.focus(next);
    }

    card(item) {
        const body = h("div", { class: "card-body" });
        const card = h("article", { class: "card", tabindex: "0", "aria-label": "Annotation", "data-id": item.one.record.uuid,
            onfocusin: () => this.paint(item), onfocusout: () => this.paint(null),
            onmouseenter: () => this.paint(item), onmouseleave: () => this.paint(null) }, body);
        showCard(body, item.one, this.context, () => this.changed(item));
        if (item === this.current) card.classList.add("current");
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
            if (event.key === "Escape") { event.stopPropagation(); dropDraft(name); showCard(body, one, context, afterwards); body.parentElement.focus(); context.closed?.(); }
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
        } }, area, line, h("div", { class: "buttons" }, h("button", { class: "main" }, "Save"),
            button("Cancel", () => { dropDraft(name); showCard(body, one, context, afterwards); context.closed?.(); }))));
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
