// Correcting a field or the text in place. A record that changed meanwhile becomes an honest conflict or a merge, never a lost text.
import { ask, get } from "./api.js";
import { button, debounced, h, replace } from "./dom.js";
import { difference } from "./difference.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { openDialog, say, sayError } from "./notices.js";
import * as words from "./words.js";

const longText = 50_000;
const merging = "application/merge-patch+json";

/** Saves one field as seen in `seen`; asks where somebody else has changed the same one. @returns whether it was saved. */
export async function saveField(record, name, given, seen, etag) {
    let tag = etag;
    for (;;) {
        try {
            const done = await ask("PATCH", "records/" + record.uuid, { body: { fields: { [name]: given } }, type: merging, headers: { "If-Match": tag } });
            if (done.conflicted && !record.conflicted) say("Saved. A version of somebody else stands beside it, in the inbox.");
            return true;
        } catch (error) {
            if (error.status !== 412 || !error.present) throw error;
            const present = error.present;
            // Others changed something else: nothing of theirs is replaced by this.
            if (JSON.stringify(present.fields[name] ?? null) === JSON.stringify(seen ?? null) && !present.deleted) {
                tag = present.etag ?? error.etag;
                continue;
            }
            const choice = await askAboutChange(name, given, present);
            if (choice === "both") {
                await ask("PATCH", "records/" + record.uuid, { body: { fields: { [name]: given } }, type: merging, headers: { "If-Match": etag, Prefer: "keep-both" } });
                say("Both versions are kept; settle them in the inbox.");
                return true;
            }
            if (choice !== "mine") return false;
            tag = present.etag ?? error.etag;
            seen = present.fields[name];
        }
    }
}

function askAboutChange(name, given, present) {
    return openDialog("Somebody changed this meanwhile", (close) => [
        h("p", {}, present.deleted ? "The record was deleted. Yours:" : "Theirs, and how yours differs:"),
        difference(words.value(present.fields[name]), words.value(given), { class: "difference boxed" }),
        h("div", { class: "buttons" },
            button("Keep both", () => close("both"), { class: "main", autofocus: true }),
            present.deleted ? null : button("Replace theirs", () => close("mine")),
            button("Go on writing", () => close(null)))], { wide: true });
}

/** A field with its value; a click or Enter on the pencil makes it a form. */
export function editable(record, name, { label = words.field(name), isLong = false, context, show, element = "div" } = {}) {
    const place = h(element, { class: "field " + name, "data-field": name });
    const key = `${record.uuid}:${name}`;
    const rest = () => {
        const unsaved = context.canWrite ? draft(key) : null;
        const pencil = context.canWrite ? button(unsaved ? "Unsaved: go on" : "Edit", edit, { class: unsaved ? "pencil unsaved" : "pencil", "aria-label": `${unsaved ? "Go on editing" : "Edit"} the ${label}` }) : null;
        // Above a long text, whose end may be far away.
        replace(place, isLong ? pencil : null, show(record.fields[name]), isLong ? null : pencil);
    };
    async function edit() {
        if (record.conflicted && !(await isReadyToSettle(record, name, context))) return;
        const unsaved = draft(key);
        const seen = record.fields[name];
        const given = unsaved?.text ?? words.value(seen);
        const etag = unsaved?.etag ?? record.etag;
        const field = isLong ? h("textarea", { rows: "24", value: given, dir: words.runs(given), "aria-label": label })
            : h("input", { value: given, dir: "auto", "aria-label": label, autocomplete: "off" });
        const state = h("p", { class: "hint", role: "status" }, unsaved ? "This was typed earlier and is not saved yet." : "");
        const keep = () => {
            if (!isTyped || isLeft || keepDraft(key, field.value, etag)) return;
            state.textContent = "The browser keeps no draft of this: save it soon.";
        };
        // A long text takes longer to keep than a key to press.
        let [isTyped, isLeft] = [false, false];
        const later = debounced(400, keep);
        field.addEventListener("input", () => { isTyped = true; if (field.value.length > longText) later(); else keep(); });
        addEventListener("pagehide", keep, { signal: context.signal });
        const leave = () => { isLeft = true; dropDraft(key); rest(); place.querySelector(".pencil")?.focus(); context.closed?.(); };
        const save = async () => {
            try {
                const text = isLong ? field.value : field.value.trim();
                // An unsaved text may be older than what is shown: what it was written against is asked of the server.
                const base = unsaved && unsaved.etag !== record.etag ? Symbol("unknown") : seen;
                if (!(await saveField(record, name, asValue(text, seen), typeof base === "symbol" ? undefined : base, etag))) return;
                isLeft = true;
                dropDraft(key);
                await context.reload();
            } catch (error) { sayError(error); }
        };
        replace(place, h("form", { class: "in-place", onsubmit: (event) => { event.preventDefault(); save(); }, onkeydown: (event) => {
            if (event.key === "Escape") { event.stopPropagation(); leave(); }
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
        } }, field, state, h("div", { class: "buttons" }, h("button", { class: "main" }, "Save"), button("Cancel", leave))));
        field.focus();
    }
    rest();
    place.edit = edit;
    return place;
}

/** An edit of a field in conflict settles it, so the person must confirm it. */
async function isReadyToSettle(record, name, context) {
    const { conflicts } = await get("conflicts?limit=200&record=" + record.uuid).catch(() => ({ conflicts: [] }));
    if (!conflicts.some((one) => one.field === name)) return true;
    const choice = await openDialog(`The ${words.field(name)} is in conflict`, (close) => [
        h("p", {}, "Somebody else has edited it as well. What you save here settles that, and the other version is kept in the history alone."),
        h("div", { class: "buttons" }, button("See both versions", () => close("inbox"), { class: "main", autofocus: true }),
            button("Edit the one that is shown", () => close("edit")), button("Cancel", () => close(null)))]);
    if (choice === "inbox") context.go("#/inbox?record=" + record.uuid);
    return choice === "edit";
}

/** A list stays a list: authors are written with semicolons. */
function asValue(text, seen) {
    if (text === "") return null;
    return Array.isArray(seen) ? text.split(";").map((part) => part.trim()).filter(Boolean) : text;
}

/** Adds and removes one tag. */
export async function saveTags(record, tags) {
    return ask("PATCH", "records/" + record.uuid, { body: { fields: { tags } }, type: merging, headers: { "If-Match": (await get("records/" + record.uuid)).etag } });
}
