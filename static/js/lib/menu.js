// One menu serves many buttons: it opens beside the one that was pressed.

const GAP = 4;
const EDGE = 8;

export function openMenu(menu, button) {
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + GAP + height + EDGE < innerHeight;
  const top = below ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height);
  const left = Math.min(Math.max(EDGE, at.right - width), innerWidth - width - EDGE);
  menu.style.inset = `${top}px auto auto ${left}px`;
  const holder = button.closest(".rail__entry, .message");
  holder?.classList.add("is-open");
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed") holder?.classList.remove("is-open");
  });
}
