"""What an eye would find wrong with a page, as far as a browser tells where everything stands."""

from __future__ import annotations

from typing import Any

FAULTS = """(least) => {
    const found = new Set(), wide = innerWidth, open = document.querySelector("dialog[open]");
    if (document.documentElement.scrollWidth > wide) found.add("the page is wider than the window");
    const own = (one) =>
        [...one.childNodes].filter((n) => n.nodeType === 3 && n.textContent.trim());
    const said = (one) => one.textContent.trim().slice(0, 40);
    const clips = (style) => style.overflowX !== "visible" || style.overflowY !== "visible";
    const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY);
    // Where a box that scrolls or clips shows something at all.
    const shown = (one) => {
        let box = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };
        for (let at = one.parentElement; at && at !== document.body; at = at.parentElement) {
            if (!clips(getComputedStyle(at))) continue;
            const b = at.getBoundingClientRect();
            box = { left: Math.max(box.left, b.left), top: Math.max(box.top, b.top),
                right: Math.min(box.right, b.right), bottom: Math.min(box.bottom, b.bottom) };
        }
        return box;
    };
    const texts = [];
    for (const one of (open ?? document.body).querySelectorAll("*")) {
        if (!own(one).length || one.closest(".sr-only, script, style, option, .notice")) continue;
        const seen = { contentVisibilityAuto: true, visibilityProperty: true };
        if (!one.checkVisibility(seen)) continue;
        const style = getComputedStyle(one), picture = one.closest("svg");
        if (parseFloat(style.fontSize) < least) found.add(`small: ${said(one)}`);
        const cut = one.scrollWidth > one.clientWidth + 1
            || one.scrollHeight > one.clientHeight + 3;
        if (!picture && clips(style) && !scrolls(style) && cut) found.add(`cut: ${said(one)}`);
        const range = document.createRange();
        const boxes = picture ? [one.getBoundingClientRect()] : own(one).flatMap((text) => {
            range.selectNodeContents(text);
            return [...range.getClientRects()];
        });
        if (picture && boxes[0].width) {
            const edge = picture.getBoundingClientRect(), [b] = boxes;
            const out = b.left < edge.left - 2 || b.right > edge.right + 2
                || b.top < edge.top - 3 || b.bottom > edge.bottom + 3;
            if (out) found.add(`outside its picture: ${said(one)}`);
        }
        const within = shown(one);
        for (const b of boxes) {
            if (Math.min(b.right, within.right) > wide + 1)
                found.add(`off the window: ${said(one)}`);
            const box = {
                left: Math.max(b.left, within.left), right: Math.min(b.right, within.right),
                top: Math.max(b.top, within.top), bottom: Math.min(b.bottom, within.bottom),
            };
            if (box.right - box.left > 1 && box.bottom - box.top > 1) texts.push([box, one]);
        }
    }
    // What lies above all else, as the drawer does, covers it.
    const layer = (one) => one.closest(".drawer, .done, .bottom, .top") ?? null;
    texts.forEach(([a, one], n) => texts.slice(n + 1).forEach(([b, other]) => {
        if (one.contains(other) || other.contains(one) || layer(one) !== layer(other)) return;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const lower = Math.min(a.bottom - a.top, b.bottom - b.top);
        if (across > 3 && down > 0.3 * lower)
            found.add(`over each other: ${said(one)} / ${said(other)}`);
    }));
    for (const one of (open ?? document).querySelectorAll(".chart"))
        if (one.querySelectorAll("svg path").length < 3) found.add(`blank: ${one.id}`);
    return [...found];
}"""


def faults(page: Any, least: float = 14.0) -> list[str]:
    """Return what is cut, covered, outside its place, too small to be read, or blank.

    Args:
        page: The page, in a browser.
        least: The smallest letters that can be read there, in pixels.
    """
    return list(page.evaluate(FAULTS, least))
