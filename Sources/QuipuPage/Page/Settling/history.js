// What was done, by whom, and the way back: of the archive, and of one record.
import { get, post, query } from "./api.js";
import { button, h, replace, told } from "./dom.js";
import { undo } from "./chosen.js";
import { difference } from "./difference.js";
import { onChange } from "./live.js";
import { attempt, openDialog, say } from "./notices.js";
import * as words from "./words.js";

export async function showHistory(main, context) {
    const list = h("ol", { class: "log" });
    const more = h("div", { class: "more" });
    replace(main, h("h1", {}, "History"), list, more);
    async function load(after) {
        const answer = await get("log" + query({ limit: 50, after }), { signal: context.signal });
        if (!after) list.replaceChildren();
        for (const entry of answer.entries) list.append(line(entry));
        replace(more, answer.next ? button("Show more", () => attempt(() => load(answer.next))) : null,
            !after && !answer.entries.length ? h("p", { class: "empty" }, "Nothing was done in this archive yet.") : null);
    }
    const inner = { ...context, refresh: () => load(null) };
    function line(entry) {
        const label = entry.role === "undo" ? "Redo" : "Undo";
        return h("li", { class: entry.undone ? "undone" : null },
            h("p", {}, h("strong", {}, told(entry.words ?? (entry.byProgram ? "import" : "edit"))), entry.undone ? h("span", { class: "state" }, "undone") : null),
            h("p", { class: "by" }, told(words.who(entry)), ` · ${words.time(entry.timeMilliseconds)}${entry.timeUncertain ? " (clock uncertain)" : ""} · ${words.count(entry.recordCount, "record")}`),
            h("p", { class: "touched" }, entry.records.slice(0, 3).map((record, index) => [index ? ", " : null, h("a", { href: "#/record/" + record.uuid, dir: "auto" }, words.caption(record))]),
                entry.recordCount > 3 ? ` and ${(entry.recordCount - 3).toLocaleString()} more` : null),
            context.canWrite && !entry.undone ? button(label, () => preview(entry, inner, label), { class: "plain", "aria-label": `${label}: ${entry.words ?? "edit"}` }) : null);
    }
    await load(null);
    onChange(() => { if (scrollY < 200) load(null).catch(() => {}); }, context.signal);
}

/** Says what will be given back, and what stays, before anything is written. */
async function preview(entry, context, label) {
    const report = await attempt(() => post(`log/${entry.version}/undo?preview=true`));
    if (!report) return;
    const isSure = await openDialog(`${label} “${entry.words ?? "edit"}”?`, (close) => [
        h("p", {}, report.changes.length ? `${words.count(report.changes.length, "field")} will be as before.` : "There is nothing to give back."),
        report.left.length ? h("p", {}, `${words.count(report.left.length, "field")} will stay, since somebody has changed ${report.left.length === 1 ? "it" : "them"} since.`) : null,
        report.sharedWith.length ? h("p", {}, `${words.count(report.sharedWith.length, "other import")} wrote the same: by `, report.sharedWith.map((other) => words.who(other)).join(", "), ".") : null,
        h("div", { class: "buttons" }, button(label, () => close(true), { class: "main", autofocus: true, disabled: !report.changes.length }), button("Cancel", () => close(null)))]);
    if (isSure) await undo(entry.version, context);
}

/** The timeline of one record: any two versions compared, one put back, and why a field shows what it shows. */
export function recordHistory(record, context) {
    const place = h("div");
    const details = h("details", { class: "timeline" }, h("summary", {}, "History"), place);
    details.addEventListener("toggle", () => { if (details.open && !place.childElementCount) attempt(load); });
    return details;

    async function load() {
        const { versions, next } = await get(`records/${record.uuid}/history?limit=100`);
        const result = h("div", { class: "comparison", "aria-live": "polite" });
        let [from, to] = [versions[1]?.version ?? null, versions[0]?.version ?? null];
        const compare = async () => {
            const answer = await attempt(() => get(`records/${record.uuid}/comparison` + query({ from, to })));
            if (answer) replace(result, answer.changes.length ? answer.changes.map(changed) : h("p", { class: "hint" }, "These two are equal."));
        };
        const radio = (name, version, isChecked, action) => h("input", { type: "radio", name, checked: isChecked, onchange: () => { action(version); compare(); } });
        replace(place, h("table", {}, h("caption", { class: "unseen" }, "Versions, newest first"),
            h("thead", {}, h("tr", {}, ["From", "To", "What", "Who and when"].map((head) => h("th", { scope: "col" }, head)), h("td"))),
            h("tbody", {}, versions.map((version, index) => h("tr", {},
                h("td", {}, h("label", {}, h("span", { class: "unseen" }, "Compare from " + words.time(version.timeMilliseconds)), radio("from-" + record.handle, version.version, index === 1, (chosen) => { from = chosen; }))),
                h("td", {}, h("label", {}, h("span", { class: "unseen" }, "Compare to " + words.time(version.timeMilliseconds)), radio("to-" + record.handle, version.version, index === 0, (chosen) => { to = chosen; }))),
                h("td", {}, version.fields.map(words.field).join(", "), version.record === record.id ? null : h("span", { class: "hint" }, " · in a record that is shown with this one")),
                h("td", {}, told(words.who(version)), h("br"), h("span", { class: "hint" }, words.time(version.timeMilliseconds))),
                h("td", {}, context.canWrite && index > 0 && version.record === record.id ? button("Put this back", () => revert(version), { class: "plain" }) : null))))),
            next ? h("p", { class: "hint" }, "Older versions: quipu history " + record.handle) : null, result, whyRow());
        compare();
    }
    async function revert(version) {
        const done = await attempt(() => post(`records/${record.uuid}/revert`, { version: version.version }, { headers: { "If-Match": record.etag } }));
        if (done) { say("It is as it was on " + words.time(version.timeMilliseconds) + "."); context.reload(); }
    }
    function whyRow() {
        const names = Object.keys(record.fields).filter((name) => typeof record.fields[name] !== "object" || Array.isArray(record.fields[name]));
        if (!names.length) return null;
        const choice = h("select", { "aria-label": "Field" }, names.map((name) => h("option", { value: name }, words.field(name))));
        return h("p", {}, "Why does it show this ", choice, "? ", button("Explain", () => why(record, choice.value), { class: "plain" }));
    }
}

function changed({ field, old, new: now, oldState, newState }) {
    const missing = oldState === "missing" || newState === "missing";
    return h("section", {}, h("h3", {}, words.field(field)), missing ? h("p", { class: "hint" }, "The text of one of them is not on this machine.") : difference(words.value(old), words.value(now)));
}

const rules = {
    "only-one": () => "It is the only version.", settled: (by) => `It was settled by ${by}.`, merged: () => "Two edits in different places were merged.",
    "person-over-program": () => "A person's edit stands over what a program imported.", latest: () => "Of several edits that did not know one another it is the latest.",
};

async function why(record, field) {
    const story = await attempt(() => get(`records/${record.uuid}/why/${encodeURIComponent(field)}`));
    if (!story) return;
    await openDialog("Why this " + words.field(field) + "?", (close) => [
        h("p", { class: "lead" }, story.rule ? rules[story.rule.name]?.(story.rule.by ?? "somebody") ?? story.rule.name : "It has no value."),
        h("ol", { class: "versions" }, [story, ...story.others].flatMap((one) => one.versions).map((version) => h("li", { class: version.shown ? "shown" : null },
            h("p", { class: "by" }, told(words.who(version)), " · ", words.time(version.timeMilliseconds), version.words ? [" · ", told(version.words)] : null, version.shown ? h("strong", {}, " · shown") : null,
                version.inConflict ? h("strong", {}, " · in conflict") : null, version.shownUntil ? " · shown until " + words.time(version.shownUntil) : null),
            h("p", { class: "value", dir: "auto" }, version.valueMissing ? "(not on this machine)" : words.value(version.value).slice(0, 400)),
            version.unknownTo?.length ? h("p", { class: "hint" }, "Not there yet: " + version.unknownTo.join(", ")) : null))),
        h("div", { class: "buttons" }, button("Close", () => close(null), { class: "main", autofocus: true }))], { wide: true });
}
