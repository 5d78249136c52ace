// Conflicts, a card each, and what came with the last sync. Nothing is written until “Settle”.
import { get, post, query } from "./api.js";
import { button, h, isTyping, replace, told } from "./dom.js";
import { undo } from "./chosen.js";
import { difference } from "./difference.js";
import { draft, dropDraft, keepDraft } from "./drafts.js";
import { onChange } from "./live.js";
import { attempt, say, sayError } from "./notices.js";
import * as words from "./words.js";

const sets = /^(tags|collections)\//;

export async function showInbox(main, context) {
    const { signal, parameters } = context;
    const summary = h("p", { class: "lead", role: "status" });
    const list = h("div", { class: "conflicts" });
    const more = h("div", { class: "more" });
    const news = h("section", { class: "news", "aria-label": "What came with the last sync" });
    replace(main, h("h1", {}, "Inbox"), summary, list, more, news);
    let next = null;
    async function load(after) {
        const answer = await get("conflicts" + query({ limit: 20, after, record: parameters.record }), { signal });
        next = answer.next;
        if (!after) list.replaceChildren();
        replace(summary, answer.total === 0 ? "Nothing is in conflict." : `${words.count(answer.total, "field")} with edits that conflict. Nothing is lost: all versions are kept, and one is shown.`);
        for (const conflict of answer.conflicts) list.append(card(conflict, { ...context, refresh: () => load(null) }));
        replace(more, next ? button("Show more", () => attempt(() => load(next))) : null);
    }
    await load(null);
    showNews(news, context).catch((error) => signal.aborted || sayError(error));
    onChange(() => { if (!isTyping(document.activeElement) && !list.querySelector(".conflict.open")) load(null).catch(() => {}); }, signal);
}

function path(conflict) { return `conflicts/${conflict.record.uuid}/${encodeURIComponent(conflict.field)}`; }

function card(conflict, context) {
    const body = h("div");
    const record = conflict.record;
    const box = h("article", { class: "conflict", "aria-label": `${words.caption(record)}, ${words.field(conflict.field)}` },
        h("header", {}, h("a", { href: "#/record/" + record.uuid, dir: "auto" }, words.caption(record)), h("span", { class: "kind" }, words.field(conflict.field))), body);
    showClosed();
    return box;

    function showClosed() {
        box.classList.remove("open");
        replace(body, choices(conflict), context.canWrite ? h("div", { class: "buttons" }, button("Settle…", open, { class: "main" })) : null);
    }
    async function open() {
        const full = await attempt(() => get(path(conflict)));
        if (!full) return;
        if (!full.record) return context.refresh();
        box.classList.add("open");
        replace(body, settling(full, { ...context, close: showClosed }));
        body.querySelector("input, button")?.focus();
    }
}

function by(choice) {
    return h("p", { class: "by" }, told(words.who(choice)), ` · ${words.time(choice.timeMilliseconds)} · machine ${choice.machine}`, choice.current ? h("strong", {}, " · shown now") : null);
}

/** Each version with who, when and where, against what both began from. */
function choices(conflict) {
    const base = conflict.ancestor && !conflict.ancestor.valueMissing ? words.value(conflict.ancestor.value) : null;
    return h("ol", { class: "versions" }, conflict.choices.map((choice) => h("li", { class: choice.current ? "shown" : null }, by(choice), content(conflict, choice, base))));
}

function content(conflict, choice, base) {
    if (choice.valueMissing) return h("p", { class: "hint" }, "The text of this version is not on this machine.");
    if (conflict.deletion) return h("p", {}, choice.value === true ? "deleted" : "kept, with later edits");
    if (sets.test(conflict.field)) return h("p", {}, choice.value ? "in it" : "not in it");
    const text = words.value(choice.value);
    if (choice.value === null) return h("p", { class: "hint" }, "nothing");
    const isLong = text.length > 600;
    const shown = base !== null && conflict.prose ? difference(base, text) : h("p", { dir: words.runs(text), class: "value" }, text);
    return isLong ? h("details", {}, h("summary", { dir: "auto" }, text.slice(0, 200) + "…"), shown) : shown;
}

function settling(conflict, context) {
    const { choices: versions, clashes } = conflict;
    const place = h("div");
    const errors = h("p", { class: "lead", role: "alert", hidden: true });
    let answer = null;
    const settle = button("Settle", send, { class: "main", disabled: true });
    const bottom = h("div", { class: "buttons" }, settle, button("Back", () => context.close()));
    const pick = (value) => { answer = value; settle.disabled = value === null; };
    const name = `settle:${conflict.record.uuid}:${conflict.field}`;

    if (conflict.prose && clashes?.length) replace(place, pieces(conflict, clashes, name, pick));
    else replace(place, options());
    return [place, errors, bottom];

    function options() {
        const group = "choice-" + conflict.record.handle + conflict.field;
        const option = (label, value, extra) => h("label", { class: "option" }, h("input", { type: "radio", name: group, onchange: () => pick(value()) }), h("div", {}, h("strong", {}, label), extra));
        const write = h("textarea", { rows: conflict.prose ? 10 : 2, dir: words.runs(words.value(versions[0]?.value)), "aria-label": "Your own words", value: draft(name)?.text ?? words.value(versions.find((one) => one.current)?.value),
            oninput: () => { keepDraft(name, write.value); write.closest("label").querySelector("input").checked = true; pick({ value: write.value }); } });
        const isText = !conflict.deletion && !sets.test(conflict.field);
        return h("fieldset", {}, h("legend", {}, `Which ${words.field(conflict.field)} is right?`),
            conflict.merge?.text !== undefined && conflict.merge.text !== null ? option("Both edits, merged", () => ({ merged: true }), h("p", { class: "value", dir: words.runs(conflict.merge.text) }, conflict.merge.text)) : null,
            versions.map((choice) => option(choice.current ? "The one that is shown" : "The other one", () => ({ choose: choice.version }),
                [by(choice), content(conflict, choice, conflict.ancestor ? words.value(conflict.ancestor.value) : null)])),
            conflict.joinable ? option("Both, one after the other", () => ({ both: true })) : null,
            isText ? option("Write it", () => ({ value: asValue(write.value, versions) }), write) : null);
    }
    async function send() {
        settle.disabled = true;
        try {
            const done = await post(path(conflict), answer, { headers: { "If-Match": conflict.etag } });
            dropDraft(name);
            context.refresh();
            say("Settled.", done.entry ? { action: () => undo(done.entry, context) } : {});
        } catch (error) {
            settle.disabled = false;
            if (error.status === 412) {
                say("Somebody else has edited or settled this meanwhile.", { isError: true, detail: "This is how it stands now." });
                return context.refresh();
            }
            errors.hidden = false;
            replace(errors, error.message, " ", error.detail ?? "");
        }
    }
}

function asValue(text, versions) {
    return versions.some((one) => Array.isArray(one.value)) ? text.split(";").map((part) => part.trim()).filter(Boolean) : text;
}

/** What merges is merged already; only where both changed the same words somebody has to choose. */
function pieces(conflict, clashes, name, pick) {
    const answers = clashes.map(() => null);
    const other = conflict.choices.find((one) => !one.current);
    const shown = conflict.choices.find((one) => one.current);
    const update = () => pick(answers.every((one) => one !== null) ? { pieces: answers } : null);
    return h("div", { class: "pieces" },
        h("p", { class: "hint" }, `${words.count(clashes.length, "passage")} that both changed; all else is merged.`),
        clashes.map((clash, index) => {
            const write = h("textarea", { rows: "3", dir: "auto", "aria-label": "Your own words", value: draft(`${name}:${index}`)?.text ?? clash.current,
                oninput: () => { keepDraft(`${name}:${index}`, write.value); radio("write").checked = true; answers[index] = { text: write.value }; update(); } });
            const group = `clash-${conflict.record.handle}-${conflict.field}-${index}`;
            const box = h("fieldset", { class: "clash" }, h("legend", {}, `Passage ${index + 1}`));
            const radio = (value) => box.querySelector(`input[value="${value}"]`);
            const option = (value, label, extra, given) => h("label", { class: "option" },
                h("input", { type: "radio", name: group, value, onchange: () => { answers[index] = given(); update(); } }), h("div", {}, h("strong", {}, label), extra));
            // The words around it come without the space between.
            const before = clash.before.slice(-80) + (/\s$/.test(clash.before) ? "" : " ");
            const after = (/^[\s.,;:!?)]/.test(clash.after) ? "" : " ") + clash.after.slice(0, 80);
            const passage = (text) => h("p", { class: "value", dir: "auto" }, h("span", { class: "around" }, before),
                text === "" ? h("em", {}, "(nothing)") : h("mark", {}, text), h("span", { class: "around" }, after));
            box.append(
                option("current", shown ? words.who(shown) : "Shown now", passage(clash.current), () => "current"),
                option("other", other ? words.who(other) : "The other", passage(clash.other), () => "other"),
                option("both", "Both", h("p", { class: "hint" }, "one after the other"), () => "both"),
                option("write", "Write it", write, () => ({ text: write.value })));
            return box;
        }));
}

async function showNews(place, context) {
    const { entries } = await get("log?news=true&limit=20", { signal: context.signal });
    if (!entries.length) return replace(place, h("h2", {}, "What came with the last sync"), h("p", { class: "hint" }, "Nothing of others."));
    replace(place, h("h2", {}, "What came with the last sync"), h("ul", { class: "log" }, entries.map((entry) => h("li", {},
        h("p", {}, h("strong", { dir: "auto" }, entry.author || "somebody"), " ", told(entry.words ?? "edited"), ", ", words.count(entry.recordCount, "record"), h("span", { class: "hint" }, " · " + words.time(entry.timeMilliseconds))),
        h("ul", { class: "touched" }, entry.records.slice(0, 5).map((record) => h("li", {}, h("a", { href: "#/record/" + record.uuid, dir: "auto" }, words.caption(record)))))))));
}
