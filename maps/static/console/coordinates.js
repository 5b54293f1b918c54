// Coordinates as people type them.

const NUMBER = /-?\d+(?:[.,]\d+)?/g;
// Latitudes and longitudes of the country with a margin have no number in common.
const isLat = (n) => n >= 42.5 && n <= 49.5;
const isLng = (n) => n >= 19 && n <= 31;

/**
 * { lat, lng } of two decimal numbers in either order, null for anything else.
 *
 * "44.4321, 26.1012", "44,4321 26,1012", "26.1012;44.4321": a comma inside a number is a decimal comma.
 */
export function readCoordinates(text) {
  const isSpaced = /[\s;]/.test(text.trim().replace(/,\s+/, " "));
  const plain = isSpaced ? text.replace(/(\d),(\d)/g, "$1.$2") : text.replace(",", " ");
  const numbers = (plain.replace(/[°NSEV()]/gi, " ").match(NUMBER) ?? []).map((each) => Number(each.replace(",", ".")));
  const rest = plain.replace(NUMBER, "").replace(/[\s,;°()NSEV]/gi, "");
  if (numbers.length !== 2 || rest || numbers.some((n) => !Number.isFinite(n))) return null;
  const [one, other] = numbers;
  if (isLat(one) && isLng(other)) return { lat: one, lng: other };
  if (isLng(one) && isLat(other)) return { lat: other, lng: one };
  return null;
}

export function writeCoordinates({ lat, lng }) {
  return `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
}
