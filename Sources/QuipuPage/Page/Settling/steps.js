// Whether other mirrors hold the same, in words, and the way to bring them in step.
import { get, post } from "./api.js";
import { button, h, replace } from "./dom.js";
import { onChange } from "./live.js";
import { attempt, say } from "./notices.js";
import { count, size, time } from "./words.js";

export async function showSteps(main, context) {
    const place = h("div");
    replace(main, h("h1", {}, "In step?"), place);
    const load = async () => {
        const status = await get("status", { signal: context.signal });
        if (!place.querySelector(".syncing")) draw(place, status, { ...context, refresh: load });
    };
    await load();
    onChange(() => load().catch(() => {}), context.signal);
}

function draw(place, status, context) {
    const records = Object.entries(status.records);
    replace(place,
        h("section", { class: "mirrors", "aria-label": "Mirrors" }, status.mirrors.length ? status.mirrors.map((mirror) => line(mirror, context))
            : h("div", { class: "empty" }, context.isOwn
                ? [h("p", {}, "No mirror is known yet."), h("p", {}, "Add one on the command line: ", h("code", {}, "quipu remote add NAME LOCATION"), ", where the location is a server or a folder on a stick.")]
                : h("p", {}, "This is the server's copy. Mirrors are on the machines of those who work with it."))),
        h("section", { class: "digest", "aria-label": "Digest" }, h("h2", {}, "The same words, the same archive"),
            h("p", {}, "Two mirrors hold the same if these words are the same on both. Read them aloud:"),
            h("p", { class: "spoken" }, status.spokenDigest ?? status.digest)),
        h("section", { "aria-label": "What there is" }, h("h2", {}, "What there is"), h("ul", { class: "plain-list" },
            records.map(([kind, number]) => h("li", {}, count(number, kind))),
            h("li", {}, status.conflicts ? h("a", { href: "#/inbox" }, count(status.conflicts, "conflict")) : "no conflicts"),
            status.missingTexts ? h("li", {}, `${count(status.missingTexts, "text")} not on this machine yet`) : null,
            status.files?.missing ? h("li", {}, `${count(status.files.missing, "file")} (${size(status.files.missingBytes ?? 0)}) not on this machine yet`) : null)));
}

/** “in step”, “3 changes to send”, “never met” - as far as this machine knows. */
function state(mirror) {
    if (!mirror.syncedAtMilliseconds) return "never met";
    const parts = [];
    if (mirror.ahead) parts.push(`${count(mirror.ahead, "change")} to send`);
    if (mirror.behind) parts.push(`${count(mirror.behind, "change")} to fetch`);
    return parts.join(", ") || "in step, as of then";
}

function line(mirror, context) {
    const progress = h("p", { class: "progress", role: "status" });
    const box = h("div", { class: "mirror" },
        h("div", {}, h("h2", { dir: "auto" }, mirror.name), h("p", { class: "hint", dir: "auto" }, mirror.location)),
        h("p", {}, state(mirror), h("br"), h("span", { class: "hint" }, "last met: " + time(mirror.syncedAtMilliseconds)),
            mirror.insecure ? h("span", { class: "hint" }, h("br"), "The connection is not encrypted.") : null),
        context.canWrite && context.isOwn ? button("Sync now", sync, { class: "main" }) : null, progress);
    return box;

    async function sync() {
        const go = box.querySelector("button");
        go.disabled = true;
        box.classList.add("syncing");
        await attempt(follow);
        box.classList.remove("syncing");
        go.disabled = false;
        context.refresh();
    }
    async function follow() {
        replace(progress, "Calling…");
        const begun = await post("syncs", { remote: mirror.name }, { raw: true });
        const id = begun.headers.get("Location").split("/").pop();
        let run = await begun.json();
        while (run.state === "running" && !context.signal.aborted) {
            run = await get(`syncs/${id}?wait=20`, { signal: context.signal });
            const now = run.progress;
            if (now) replace(progress, `${count(now.sentChanges, "change")} sent, ${now.receivedChanges.toLocaleString()} received, ${size(now.completedBytes)}`,
                now.file ? h("progress", { max: now.file.totalBytes, value: now.file.bytes, "aria-label": "File" }) : null);
        }
        progress.replaceChildren();
        if (run.state === "failed") return say(run.problem?.title ?? "The sync failed.", { isError: true, detail: run.problem?.detail ?? "What came stays; sync again to go on." });
        const report = run.report;
        if (report) say(report.inSync ? `In step with ${mirror.name}.` : `${mirror.name} has more; sync again to go on.`,
            { detail: `${count(report.sentChanges, "change")} sent, ${report.receivedChanges.toLocaleString()} received.${report.conflicts ? " " + count(report.conflicts, "conflict") + " in the inbox." : ""}` });
    }
}

