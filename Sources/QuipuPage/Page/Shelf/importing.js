// Files that are dropped or chosen: looked at first, imported when somebody says so.
import { ask, get, query } from "./api.js";
import { button, h, replace } from "./dom.js";
import { undo } from "./chosen.js";
import { openDialog, say, sayError } from "./notices.js";
import { count, size, value } from "./words.js";

const mostBytes = 64 * 1024 * 1024;
const mostShown = 5;

export function chooseFiles(context) {
    const input = h("input", { type: "file", multiple: true });
    input.addEventListener("change", () => importFiles([...input.files], context));
    input.click();
}

/** Anywhere on the page. */
export function acceptDrops(context) {
    const veil = h("div", { id: "veil", hidden: true, "aria-hidden": "true" }, h("p", {}, "Drop to import"));
    document.body.append(veil);
    let depth = 0;
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragenter", (event) => { if (holdsFiles(event)) { event.preventDefault(); depth += 1; veil.hidden = false; } });
    addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
    addEventListener("dragleave", (event) => { if (holdsFiles(event)) { depth = Math.max(0, depth - 1); veil.hidden = depth === 0; } });
    addEventListener("drop", (event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        depth = 0;
        veil.hidden = true;
        importFiles([...event.dataTransfer.files], context);
    });
}

function send(file, parameters) {
    return ask("POST", "import" + query({ filename: file.name, ...parameters }), { body: file, headers: { "Idempotency-Key": crypto.randomUUID() } });
}

async function importFiles(files, context) {
    if (!files.length || document.querySelector("dialog[open]")) return;
    const { collections } = await get("collections").catch(() => ({ collections: [] }));
    await openDialog(files.length === 1 ? "Import a file" : `Import ${count(files.length, "file")}`, (close) => {
        const rows = files.map((file) => ({ file, place: h("li", {}, h("strong", { dir: "auto" }, file.name), h("p", { class: "hint" }, "Looking at it…")), isGood: false }));
        const collection = h("input", { id: "collection", list: "collections", dir: "auto", autocomplete: "off" });
        const start = button("Import", run, { class: "main", disabled: true });
        const cancel = button("Cancel", () => close(null));
        look();
        return [h("ul", { class: "files" }, rows.map((row) => row.place)),
            h("label", { for: "collection" }, "Collection (may be left empty)"), collection,
            h("datalist", { id: "collections" }, collections.filter((one) => !one.query).map((one) => h("option", { value: one.name }))),
            h("div", { class: "buttons" }, start, cancel)];

        async function look() {
            for (const row of rows) {
                if (row.file.size > mostBytes) { refuse(row, `It has more than ${size(mostBytes)}.`, "Import it on the command line: quipu import FILE."); continue; }
                try {
                    const report = await send(row.file, { preview: true });
                    row.isGood = report.read > 0;
                    replace(row.place, h("strong", { dir: "auto" }, row.file.name), h("p", {}, summary(report)), samples(report), refusals(report));
                } catch (error) { refuse(row, error.message, error.detail); }
            }
            start.disabled = !rows.some((row) => row.isGood);
            if (!start.disabled) start.focus();
        }
        function refuse(row, text, detail) {
            replace(row.place, h("strong", { dir: "auto" }, row.file.name), h("p", { class: "refused", role: "alert" }, text, " ", detail ?? ""));
        }
        async function run() {
            start.disabled = true;
            let [created, updated, rejected, entry] = [0, 0, 0, null];
            for (const row of rows.filter((one) => one.isGood)) {
                try {
                    replace(row.place, h("strong", { dir: "auto" }, row.file.name), h("p", { class: "hint" }, "Importing…"));
                    const report = await send(row.file, { collection: collection.value.trim() });
                    created += report.created;
                    updated += report.updated;
                    rejected += report.rejected;
                    entry = report.entry ?? entry;
                    row.isGood = false;
                } catch (error) { start.disabled = false; refuse(row, error.message, error.detail); row.isGood = true; return; }
            }
            close(true);
            const isOne = files.length === 1;
            say(`${count(created, "record")} added, ${updated.toLocaleString()} changed${rejected ? `, ${rejected.toLocaleString()} refused` : ""}.`,
                entry && isOne ? { action: () => undo(entry, { refresh: () => context.go("#/shelf") }) } : {});
            context.go("#/shelf");
        }
    }, { wide: true }).catch(sayError);
}

function summary(report) {
    const parts = [`${report.format}: ${count(report.read, "item")}`];
    if (report.tellsEffects) {
        if (report.created) parts.push(`${report.created.toLocaleString()} new`);
        if (report.updated) parts.push(`${report.updated.toLocaleString()} changed`);
        if (report.unchanged) parts.push(`${report.unchanged.toLocaleString()} here already`);
        if (report.stayedDeleted) parts.push(`${report.stayedDeleted.toLocaleString()} deleted here, and stay so`);
    }
    return parts.join(", ");
}

function samples(report) {
    return h("ul", { class: "samples" }, (report.items ?? []).map((item) => h("li", { dir: "auto" },
        value(item.fields.title) || value(item.fields.body).slice(0, 120) || item.kind, h("span", { class: "hint" }, " " + [item.fields.author, item.fields.date].map(value).filter(Boolean).join(" · ")))));
}

function refusals(report) {
    if (!report.rejected) return null;
    return h("details", {}, h("summary", {}, `${count(report.rejected, "item")} cannot be read`),
        h("ul", {}, report.refusals.slice(0, mostShown).map((one) => h("li", { dir: "auto" }, `${typeof one.place === "string" ? one.place : ""}: ${one.reason}`))));
}
