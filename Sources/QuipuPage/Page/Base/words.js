// How things are called and counted.

const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
});
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

export function time(milliseconds) { return milliseconds ? dayAndTime.format(new Date(milliseconds)) : "never"; }
export function dayOf(milliseconds) { return milliseconds ? day.format(new Date(milliseconds)) : ""; }

export function count(number, one, many = one + "s") {
    return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

export function size(bytes) {
    if (bytes < 1000) return count(bytes, "byte");
    for (const [unit, name] of [[1e3, "kB"], [1e6, "MB"], [1e9, "GB"]]) {
        if (bytes < unit * 1000 || name === "GB") return `${short.format(bytes / unit)} ${name}`;
    }
}

const fieldNames = {
    body: "text", doi: "DOI", url: "address", sha256: "fingerprint", mediaType: "type", sizeBytes: "size", deleted: "deletion",
    mergedInto: "merged into another record", anchor: "place of the quotation",
};

/** `tags/river` is the tag “river”; what sources call their own fields is told without its `x-`. */
export function field(name) {
    if (name.startsWith("tags/")) return `tag “${name.slice(5)}”`;
    if (name.startsWith("collections/")) return "collection";
    if (name.startsWith("from/")) return `source ${name.slice(5)}`;
    if (name.startsWith("derived/")) return `origin of ${name.slice(8)}`;
    return fieldNames[name] ?? (name.startsWith("x-") ? name.slice(2) : name);
}

/** A value as a line or a text of its own. */
export function value(given) {
    if (given === null || given === undefined) return "";
    if (typeof given === "string") return given;
    if (given === true) return "yes";
    if (given === false) return "no";
    if (Array.isArray(given)) return given.map(value).join("; ");
    if (typeof given === "object") {
        if ("exact" in given) return `“${given.exact}”`;
        const members = Object.entries(given);
        if (members.every(([, inner]) => inner === true)) return members.map(([name]) => name).join(", ");
        return members.map(([name, inner]) => `${name}: ${value(inner)}`).join(", ");
    }
    return String(given);
}

export function caption(record) {
    return record.caption || record.fields?.title || record.fields?.name || `${record.kind} ${record.handle}`;
}

export function who(version) {
    if (version.originalAuthor) {
        return version.originalAuthor + (version.originalAuthor === version.author ? ", brought back" : `, brought back by ${version.author}`);
    }
    return (version.author || "somebody unknown") + (version.byProgram ? ", an import" : "");
}

/** “Ruiz, Ana (2026). High water. Press. https://…” */
export function citation(record) {
    const { author, date, title, publisher, url, doi } = record.fields;
    const parts = [];
    const people = Array.isArray(author) ? author.map(value).join("; ") : value(author);
    const year = typeof date === "string" ? date.slice(0, 4) : "n. d.";
    parts.push(people ? `${people} (${year})` : `(${year})`);
    parts.push(value(title) || "Untitled");
    if (publisher) parts.push(value(publisher));
    const address = doi ? "https://doi.org/" + value(doi) : value(url);
    return parts.map((part) => part.replace(/[.\s]+$/, "")).join(". ") + (address ? ". " + address : ".");
}

const rtl = /^(ar|arc|ckb|dv|fa|he|iw|ks|ps|sd|ug|ur|yi)\b/i;
const long = 50_000;
const fromTheRight = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** The `dir` of an element with this text. Of a long one its first letter decides here: a browser may take many seconds for it. */
export function runs(text) {
    if (text.length < long) return "auto";
    return fromTheRight.test(/\p{L}/u.exec(text)?.[0] ?? "") ? "rtl" : "ltr";
}

/** The attributes of an element that shows a text of the record. */
export function direction(record) {
    const language = record.fields.language;
    if (typeof language !== "string" || !/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$/.test(language)) return { dir: "auto" };
    return { lang: language.replaceAll("_", "-"), dir: rtl.test(language) ? "rtl" : "auto" };
}
