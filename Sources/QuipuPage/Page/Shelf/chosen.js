// What can be done with several records at once: always one entry of the log, with an undo.
import { ask, get, post, query } from "./api.js";
import { button, h, replace } from "./dom.js";
import { askLine, attempt, confirmAction, openDialog, say } from "./notices.js";
import { citation, count } from "./words.js";

const mostAtOnce = 1000;
const mostExported = 100;
const formats = [["jsonl", "JSON Lines, without loss"], ["csv", "Table (CSV) for a spreadsheet"], ["ris", "RIS"], ["biblatex", "BibLaTeX"], ["csl", "CSL-JSON"], ["epub", "Book (EPUB)"], ["w3c", "Annotations (W3C)"]];

export function chosenBar(state) {
    const element = h("div", { class: "chosen", role: "group", "aria-label": "Chosen records", hidden: true });
    const { chosen } = state;
    let last = null;

    function update() {
        element.hidden = chosen.size === 0;
        for (const line of state.list.children) {
            const box = line.querySelector("input[type=checkbox]");
            if (box) box.checked = chosen.has(line.dataset.id);
        }
        if (!chosen.size) return element.replaceChildren();
        replace(element, h("strong", {}, `${count(chosen.size, "record")} chosen`),
            button("Tag…", tag), button("Add to collection…", collect), button("Delete", remove),
            chosen.size > 1 && [...chosen.values()].every((record) => record.kind === "article") ? button("Merge…", merge) : null,
            button("Copy citations", cite), button("Export…", download), button("Clear", clear, { class: "plain" }));
    }
    function clear() { chosen.clear(); update(); }
    function choose(record, isChosen, isRange) {
        const lines = [...state.list.children];
        const at = lines.findIndex((line) => line.dataset.id === record.uuid);
        const from = isRange && last !== null ? lines.findIndex((line) => line.dataset.id === last) : at;
        for (const line of lines.slice(Math.min(at, from < 0 ? at : from), Math.max(at, from) + 1)) {
            if (!isChosen) chosen.delete(line.dataset.id);
            else if (chosen.size < mostAtOnce) chosen.set(line.dataset.id, line.record);
            else say(`At most ${mostAtOnce.toLocaleString()} records at once.`, { isError: true });
        }
        last = record.uuid;
        update();
    }

    async function edit(change, words) {
        const done = await attempt(() => post("edits", { records: [...chosen.keys()], ...change }));
        if (!done) return;
        clear();
        state.refresh();
        say(done.entry ? words : "Nothing was to be changed.", done.entry ? { action: () => undo(done.entry, state) } : {});
    }
    async function tag() {
        const { tags } = await get("tags");
        const line = await askLine("Tag the chosen records", "Tags, with commas; a minus before one takes it away",
            { choices: tags.slice(0, 500).map((one) => one.tag) });
        if (!line) return;
        const given = line.split(",").map((word) => word.trim()).filter(Boolean);
        const tags_ = Object.fromEntries(given.map((word) => word.startsWith("-") ? [word.slice(1), false] : [word.replace(/^\+/, ""), true]));
        await edit({ tags: tags_, words: "tag " + given.join(" ") }, `${count(chosen.size, "record")} tagged.`);
    }
    async function collect() {
        const { collections } = await get("collections");
        const name = await askLine("Add to a collection", "Collection",
            { choices: collections.filter((one) => !one.query).map((one) => one.name), hint: "A new name makes a new collection." });
        if (name) await edit({ collections: { [name]: true }, words: "add to " + name }, `Added to “${name}”.`);
    }
    async function remove() {
        if (chosen.size > 1 && !(await confirmAction("Delete?", `${count(chosen.size, "record")}, with annotations and notes.`, "Delete"))) return;
        await edit({ delete: true }, `${count(chosen.size, "record")} deleted.`);
    }
    async function merge() {
        const records = [...chosen.values()];
        const keep = await openDialog("Which one stays?", (close) => [
            h("p", {}, "The others become part of it; nothing is lost, and what differs is listed in the inbox."),
            h("ul", { class: "choices" }, records.map((record) => h("li", {},
                button(record.caption ?? record.handle, () => close(record), { dir: "auto" })))),
            h("div", { class: "buttons" }, button("Cancel", () => close(null), { class: "plain" }))]);
        if (!keep) return;
        const others = records.filter((record) => record !== keep).map((record) => record.uuid);
        const done = await attempt(() => post("edits", { records: others, mergeInto: keep.uuid, words: "merge" }));
        if (!done) return;
        clear();
        state.refresh();
        say("Merged.", done.entry ? { action: () => undo(done.entry, state) } : {});
    }
    async function cite() {
        const full = await Promise.all([...chosen.keys()].slice(0, 200).map((id) => get("records/" + id)));
        await attempt(() => navigator.clipboard.writeText(full.map(citation).join("\n")));
        say(`${count(full.length, "citation")} copied.`);
    }
    async function download() {
        const format = await openDialog("Export the chosen records", (close) => [
            h("ul", { class: "choices" }, formats.map(([name, label]) => h("li", {}, button(label, () => close(name))))),
            h("div", { class: "buttons" }, button("Cancel", () => close(null), { class: "plain" }))]);
        if (!format) return;
        // Handles of many records are more than an address can hold.
        if (chosen.size > mostExported) return say(`At most ${mostExported} chosen records are exported at once.`, { isError: true, detail: "Search for them and use quipu export." });
        const q = [...chosen.values()].map((record) => record.handle).join(" OR ");
        const answer = await attempt(() => ask("GET", "export" + query({ q, format, spreadsheet: format === "csv" }), { raw: true }));
        if (!answer) return;
        const address = URL.createObjectURL(await answer.blob());
        const link = h("a", { download: "quipu." + ({ jsonl: "jsonl", w3c: "json", csl: "json", biblatex: "bib" }[format] ?? format) });
        link.setAttribute("href", address);
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 10000);
    }
    return { element, update, choose };
}

export async function undo(entry, state) {
    const report = await attempt(() => post(`log/${entry}/undo`));
    if (!report) return;
    state.refresh?.();
    const left = report.left.length;
    say(report.entry ? "Undone." : "Nothing was left to undo.",
        left ? { detail: `${count(left, "change")} stayed, since others have changed ${left === 1 ? "it" : "them"} since.` } : {});
}
