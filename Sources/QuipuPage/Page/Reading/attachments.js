// Files of a record: shown or saved through addresses that open one content for a minute.
import { ask, post, reached } from "./api.js";
import { button, h, inParts, replace, told } from "./dom.js";
import { attempt, say } from "./notices.js";
import { size, value } from "./words.js";

const shown = /^image\/(png|jpeg|gif|webp|avif)$/;
const mostBytes = 64 * 1024 * 1024;

export function attachmentList(record, context) {
    const files = record.dependents.filter((one) => one.record.kind === "attachment");
    if (!files.length && !context.canWrite) return null;
    return h("section", { class: "files", "aria-label": "Files" }, h("h2", {}, "Files"),
        files.length ? inParts(files, file) : h("p", { class: "hint" }, "None."),
        context.canWrite ? button("Attach a file…", () => choose(record, context), { class: "plain" }) : null);
}

async function ticket(id) { return reached((await post("tickets", { attachment: id })).url); }

function file(one) {
    const about = one.file ?? { name: value(one.record.fields.name), mediaType: value(one.record.fields.mediaType), sizeBytes: one.record.fields.sizeBytes ?? 0, here: false };
    const place = h("div", { class: "preview" });
    const save = async () => {
        const address = await attempt(() => ticket(one.record.uuid));
        if (!address) return;
        const link = h("a", { download: about.name });
        link.setAttribute("href", address + "&download=true");
        link.click();
    };
    const show = async () => {
        const address = await attempt(() => ticket(one.record.uuid));
        if (!address) return;
        if (!shown.test(about.mediaType)) return void window.open(address, "_blank", "noopener");
        const image = h("img", { alt: about.name, src: address });
        replace(place, image);
    };
    return h("div", { class: "file" }, told(about.name || "file"), h("span", { class: "hint" }, ` ${about.mediaType || ""} ${size(about.sizeBytes)} `),
        about.here ? [button("Show", show, { class: "plain", "aria-label": "Show " + about.name }), button("Save", save, { class: "plain", "aria-label": "Save " + about.name })]
            : h("span", { class: "hint" }, "not on this machine"), place);
}

function choose(record, context) {
    const input = h("input", { type: "file" });
    input.addEventListener("change", async () => {
        const [chosen] = input.files;
        if (!chosen) return;
        if (chosen.size > mostBytes) return say(`The file has more than ${size(mostBytes)}.`, { isError: true, detail: "Attach it with quipu attach." });
        if (await attempt(() => ask("POST", `records/${record.uuid}/attachments?filename=${encodeURIComponent(chosen.name)}`, { body: chosen }))) context.reload();
    });
    input.click();
}
