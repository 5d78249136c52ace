// Marking a passage: by mouse, or by keyboard in a mode of its own, since browsers select nothing by keys in text that cannot be edited.
import { post } from "./api.js";
import { button, h, isTyping } from "./dom.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { askLine, attempt, openDialog, say } from "./notices.js";

const moves = {
    ArrowLeft: ["left", "character"], ArrowRight: ["right", "character"], ArrowUp: ["backward", "line"], ArrowDown: ["forward", "line"],
    Home: ["backward", "lineboundary"], End: ["forward", "lineboundary"], PageUp: ["backward", "paragraph"], PageDown: ["forward", "paragraph"],
};

export class Marking {
    /** @param context `{view, record, reload, signal}` */
    constructor(context) {
        this.context = context;
        this.isOn = false;
        this.bar = h("div", { class: "marker", role: "toolbar", "aria-label": "Mark the passage", hidden: true },
            button("Highlight", () => this.save("h"), { "aria-keyshortcuts": "h" }),
            button("Remark", () => this.save("n"), { "aria-keyshortcuts": "n" }),
            button("Tag", () => this.save("t"), { "aria-keyshortcuts": "t" }));
        // A click on the bar must not take the selection away.
        this.bar.addEventListener("mousedown", (event) => event.preventDefault());
        this.caret = h("div", { class: "caret", hidden: true, "aria-hidden": "true" });
        this.help = h("p", { class: "mode", role: "status", hidden: true },
            "Marking: arrows move, Ctrl by words, Shift marks; h highlight, n remark, t tag; Esc ends.");
        document.addEventListener("selectionchange", () => this.follow(), { signal: context.signal });
        addEventListener("keydown", (event) => this.key(event), { signal: context.signal });
        addEventListener("scroll", () => this.follow(), { signal: context.signal, passive: true });
        context.signal.addEventListener("abort", () => this.end());
    }

    begin() {
        this.isOn = true;
        this.help.hidden = false;
        const { view } = this.context;
        const selection = getSelection();
        if (!view.element.contains(selection.anchorNode)) {
            const first = view.paragraphs.find((one) => one.element.getBoundingClientRect().bottom > 80) ?? view.paragraphs[0];
            const place = first && view.place(first.start);
            if (place) selection.collapse(place.node, place.offset);
        }
        view.element.focus({ preventScroll: true });
        this.follow();
    }

    end() {
        this.isOn = false;
        this.help.hidden = true;
        this.caret.hidden = true;
        this.bar.hidden = true;
    }

    key(event) {
        if (event.defaultPrevented || isTyping(event.target) || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
        const hasPassage = this.context.view.selection() !== null;
        if (event.key === "Escape" && (this.isOn || hasPassage)) {
            getSelection().removeAllRanges();
            this.end();
        } else if (hasPassage && !event.ctrlKey && ["h", "n", "t"].includes(event.key)) this.save(event.key);
        else if (event.key === "m" && !event.ctrlKey && !this.isOn) this.begin();
        else if (this.isOn && moves[event.key]) this.move(event);
        else return;
        event.preventDefault();
        event.stopImmediatePropagation();
    }

    move(event) {
        const [direction, unit] = moves[event.key];
        const selection = getSelection();
        const { view } = this.context;
        const before = [selection.anchorNode, selection.anchorOffset, selection.focusNode, selection.focusOffset];
        selection.modify(event.shiftKey ? "extend" : "move", direction, event.ctrlKey && unit === "character" ? "word" : unit);
        if (!view.element.contains(selection.focusNode)) selection.setBaseAndExtent(...before);
        this.follow(true);
    }

    /** Keeps the caret and the bar where the selection is. */
    follow(scrolls = false) {
        const { view } = this.context;
        const selection = getSelection();
        const passage = view.selection();
        const frame = this.bar.offsetParent?.getBoundingClientRect() ?? { left: 0, top: 0, width: innerWidth };
        if (this.isOn && selection.focusNode && view.element.contains(selection.focusNode)) {
            const at = new Range();
            at.setStart(selection.focusNode, selection.focusOffset);
            at.collapse(true);
            const box = at.getClientRects()[0] ?? selection.focusNode.parentElement.getBoundingClientRect();
            this.caret.hidden = false;
            this.caret.style.left = box.left - frame.left + "px";
            this.caret.style.top = box.top - frame.top + "px";
            this.caret.style.height = (box.height > 60 ? 20 : box.height) + "px";
            if (scrolls && (box.top < 80 || box.bottom > innerHeight - 60)) scrollBy({ top: box.top - innerHeight / 2, behavior: "instant" });
        } else this.caret.hidden = true;
        this.bar.hidden = !passage;
        if (!passage) return;
        const boxes = passage.range.getClientRects();
        const last = boxes[boxes.length - 1];
        if (!last) return;
        this.bar.style.left = Math.max(0, Math.min(last.right - frame.left - 120, frame.width - 250)) + "px";
        this.bar.style.top = last.bottom - frame.top + 8 + "px";
    }

    async save(kind) {
        const passage = this.context.view.selection();
        if (!passage) return;
        const { record, reload } = this.context;
        const bodies = [];
        const name = `new-remark:${record.uuid}`;
        if (kind === "n") {
            const text = await askText("Remark", name);
            if (!text) return;
            bodies.push({ type: "TextualBody", purpose: "commenting", value: text });
        } else if (kind === "t") {
            const line = await askLine("Tag the passage", "Tags, with commas");
            if (!line) return;
            for (const tag of line.split(",").map((word) => word.trim()).filter(Boolean)) bodies.push({ type: "TextualBody", purpose: "tagging", value: tag });
        }
        const made = await attempt(() => post("annotations/", {
            "@context": "http://www.w3.org/ns/anno.jsonld", type: "Annotation", body: bodies,
            target: { source: record.uuid, selector: { type: "TextPositionSelector", start: passage.start, end: passage.end } },
        }));
        if (!made) return;
        dropDraft(name);
        getSelection().removeAllRanges();
        this.bar.hidden = true;
        await reload();
        if (kind !== "h") return;
        const id = String(made.id).split("/").pop();
        say("Highlighted.", { action: async () => { if (await attempt(() => post("edits", { records: [id], delete: true }))) reload(); } });
    }
}

/** Asks for a text; what is typed is kept until it has been saved. */
export function askText(title, name) {
    return openDialog(title, (close) => {
        const area = h("textarea", { rows: "6", dir: "auto", "aria-label": title, value: draft(name)?.text ?? "", oninput: () => keepDraft(name, area.value) });
        return h("form", { onsubmit: (event) => { event.preventDefault(); close(area.value.trim()); },
            onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); close(area.value.trim()); } } }, area,
            h("div", { class: "buttons" }, h("button", { class: "main" }, "Save"), button("Cancel", () => { dropDraft(name); close(null); })));
    });
}
