/** Brings the row of the open task into sight, as far as it is not. */
export function toChosen() {
  document.querySelector(".work-row.chosen")?.scrollIntoView({ block: "nearest" });
}
