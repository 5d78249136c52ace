// The text of a record as elements, one a paragraph, and the way between places in it and offsets in code points.
import { h } from "./dom.js";

const blank = /\n[^\S\n]*\n\s*/gu;
/** Of what is in one element; longer paragraphs are shown in several, since a browser lays out each as a whole. */
const mostUnits = 20_000;
/** From here on what is out of sight is not laid out. */
const longText = 200_000;
const unitsInLine = 68;
const canHighlight = typeof CSS !== "undefined" && "highlights" in CSS && typeof Highlight !== "undefined";

/** Offsets in code points of a text whose UTF-16 units are counted only where there are pairs. */
export class Offsets {
    constructor(text) {
        this.text = text;
        this.hasPairs = /[\ud800-\udbff][\udc00-\udfff]/.test(text);
        this.length = this.hasPairs ? this.points(text.length) : text.length;
    }

    /** Code points before a UTF-16 offset. */
    points(units) {
        if (!this.hasPairs) return units;
        let count = 0;
        for (let index = 0; index < units; count += 1) index += this.text.codePointAt(index) > 0xffff ? 2 : 1;
        return count;
    }

    units(points) {
        if (!this.hasPairs) return Math.min(points, this.text.length);
        let index = 0;
        for (let count = 0; count < points && index < this.text.length; count += 1) index += this.text.codePointAt(index) > 0xffff ? 2 : 1;
        return index;
    }
}

export class TextView {
    /** @param {string} body with line feeds as line ends */
    constructor(body, properties = {}) {
        this.paragraphs = [];
        this.marks = new Map();
        let points = 0;
        let from = 0;
        const add = (text, gap) => {
            let isFirst = true;
            for (const [part, space] of parts(text)) {
                const offsets = new Offsets(part);
                if (part) this.paragraphs.push({ text: part, offsets, start: points, end: points + offsets.length, isFirst, element: null });
                points += offsets.length + space.length;
                isFirst = false;
            }
            points += new Offsets(gap).length;
        };
        for (const found of body.matchAll(blank)) {
            add(body.slice(from, found.index), found[0]);
            from = found.index + found[0].length;
        }
        add(body.slice(from), "");
        this.length = points;
        this.element = h("div", { class: "text", ...properties });
        this.isLong = body.length > longText;
        for (const [index, paragraph] of this.paragraphs.entries()) {
            const kinds = [paragraph.isFirst ? kindOf(paragraph.text) : "goes-on", this.isLong ? "far" : ""].filter(Boolean).join(" ");
            paragraph.element = h("p", { class: kinds || null, dir: "auto" }, paragraph.text);
            paragraph.element.paragraphIndex = index;
            // A guess that keeps the place of what is below.
            if (this.isLong) paragraph.element.style.containIntrinsicBlockSize = `auto ${Math.ceil(paragraph.text.length / unitsInLine) * 1.68}em`;
            this.element.append(paragraph.element);
        }
    }

    /** The paragraph that holds a place, by halves. */
    at(points) {
        let [low, high] = [0, this.paragraphs.length - 1];
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.paragraphs[middle].start <= points) low = middle; else high = middle - 1;
        }
        return low;
    }

    /** Where an offset is in the page. */
    place(points, isEnd = false) {
        if (!this.paragraphs.length) return null;
        let index = this.at(points);
        if (isEnd && index > 0 && points === this.paragraphs[index].start) index -= 1;
        const paragraph = this.paragraphs[index];
        const units = paragraph.offsets.units(Math.min(points, paragraph.end) - paragraph.start);
        let left = units;
        const walker = document.createTreeWalker(paragraph.element, NodeFilter.SHOW_TEXT);
        let node = walker.nextNode();
        while (node && (left > node.length || (left === node.length && !isEnd))) {
            const following = walker.nextNode();
            if (!following) break;
            left -= node.length;
            node = following;
        }
        return node ? { node, offset: Math.min(left, node.length), paragraph } : null;
    }

    range(start, end) {
        const [from, to] = [this.place(start), this.place(end, true)];
        if (!from || !to) return null;
        const range = new Range();
        range.setStart(from.node, from.offset);
        range.setEnd(to.node, to.offset);
        return range;
    }

    /** About where passages begin in the window: how far they are in their paragraphs. To measure each would take a while. */
    guessTops(starts) {
        const boxes = new Map();
        return starts.map((start) => {
            if (!this.paragraphs.length) return 0;
            const paragraph = this.paragraphs[this.at(start)];
            if (!boxes.has(paragraph)) boxes.set(paragraph, paragraph.element.getBoundingClientRect());
            const { top, height } = boxes.get(paragraph);
            return top + height * Math.min(1, (start - paragraph.start) / Math.max(1, paragraph.end - paragraph.start));
        });
    }

    /** Where a passage begins in the window. */
    top(start) {
        const place = this.place(start);
        if (!place) return 0;
        const range = new Range();
        range.setStart(place.node, place.offset);
        range.setEnd(place.node, Math.min(place.offset + 1, place.node.length));
        return range.getBoundingClientRect().top;
    }

    /** The offset of a place in the page; null outside the text. */
    offset(node, inner) {
        const holder = node instanceof Element ? node : node.parentElement;
        const element = holder?.closest("p");
        if (!element || element.parentElement !== this.element) {
            if (node !== this.element) return null;
            // Between the paragraphs there may be cards.
            let next = node.childNodes[inner];
            while (next && next.paragraphIndex === undefined) next = next.nextSibling;
            return next ? this.paragraphs[next.paragraphIndex].start : this.length;
        }
        const paragraph = this.paragraphs[element.paragraphIndex];
        const range = new Range();
        range.setStart(element, 0);
        range.setEnd(node, inner);
        return paragraph.start + paragraph.offsets.points(range.toString().length);
    }

    /** What is selected, as offsets; null where it is nothing, or not in this text. */
    selection() {
        const selection = getSelection();
        if (!selection.rangeCount || selection.isCollapsed) return null;
        const range = selection.getRangeAt(0);
        const inside = range.cloneRange();
        if (!this.element.contains(range.commonAncestorContainer)) {
            if (!range.intersectsNode(this.element)) return null;
            if (!this.element.contains(range.startContainer)) inside.setStart(this.element, 0);
            if (!this.element.contains(range.endContainer)) inside.setEnd(this.element, this.element.childNodes.length);
        }
        const start = this.offset(inside.startContainer, inside.startOffset);
        const end = this.offset(inside.endContainer, inside.endOffset);
        return start === null || end === null || start >= end ? null : { start, end, range: inside };
    }

    /**
     * @param name that of a highlight in the style sheet, "note" or "current"
     * @param passages `{start, end}`, in place of those that had the name
     */
    highlight(name, passages) {
        if (!canHighlight) {
            this.marks.set(name, passages.map((one) => ({ ...one, name })));
            return this.mark([...this.marks.values()].flat());
        }
        const ranges = passages.flatMap(({ start, end }) => this.pieces(start, end));
        if (!ranges.length) return void CSS.highlights.delete(name);
        const highlight = new Highlight(...ranges.slice(0, 1000));
        for (const range of ranges.slice(1000)) highlight.add(range);
        highlight.priority = name === "current" ? 1 : 0;
        CSS.highlights.set(name, highlight);
    }

    /** A passage as one range for each paragraph, none of which follows changes of the page: with thousands that would be slow. */
    pieces(start, end) {
        const found = [];
        for (let index = this.at(start); index < this.paragraphs.length && this.paragraphs[index].start < end; index += 1) {
            const paragraph = this.paragraphs[index];
            const [from, to] = [Math.max(start, paragraph.start), Math.min(end, paragraph.end)];
            const node = paragraph.element.firstChild;
            if (from >= to || !node) continue;
            found.push(new StaticRange({ startContainer: node, startOffset: paragraph.offsets.units(from - paragraph.start),
                endContainer: node, endOffset: paragraph.offsets.units(to - paragraph.start) }));
        }
        return found;
    }

    /** For browsers without highlights: elements around the pieces, which leave the text as it is. */
    mark(passages) {
        for (const paragraph of this.paragraphs) {
            const inside = passages.filter((one) => one.start < paragraph.end && one.end > paragraph.start);
            if (!inside.length && paragraph.element.childElementCount === 0) continue;
            const borders = [...new Set([0, paragraph.text.length, ...inside.flatMap((one) => [one.start, one.end])
                .map((points) => paragraph.offsets.units(Math.min(Math.max(points, paragraph.start), paragraph.end) - paragraph.start))])].sort((a, b) => a - b);
            const pieces = borders.slice(1).map((to, index) => {
                const piece = paragraph.text.slice(borders[index], to);
                const point = paragraph.start + paragraph.offsets.points(borders[index]);
                const over = inside.filter((one) => one.start <= point && one.end > point);
                return over.length ? h("mark", { class: over.some((one) => one.name === "current") ? "current" : "note" }, piece) : piece;
            });
            paragraph.element.replaceChildren(...pieces);
        }
    }
}

export function forgetHighlights() { if (canHighlight) CSS.highlights.clear(); }

/** A text cut at lines or words where it is too long for one element: each part with the line feed that is behind it. */
function* parts(text) {
    let from = 0;
    while (text.length - from > mostUnits) {
        const line = text.lastIndexOf("\n", from + mostUnits - 1);
        const space = text.lastIndexOf(" ", from + mostUnits - 1);
        if (line > from) {
            yield [text.slice(from, line), "\n"];
            from = line + 1;
            continue;
        }
        let to = space > from ? space + 1 : from + mostUnits;
        if (/[\udc00-\udfff]/.test(text[to])) to -= 1;
        yield [text.slice(from, to), ""];
        from = to;
    }
    yield [text.slice(from), ""];
}

/** Reading text is Markdown; how a paragraph begins says how it looks. */
function kindOf(text) {
    const heading = /^(#{1,6}) /.exec(text);
    if (heading) return "heading level-" + heading[1].length;
    if (text.startsWith("> ")) return "quote";
    return /^([-*+]|\d{1,3}[.)]) /.test(text) ? "list" : "";
}
