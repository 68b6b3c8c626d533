/** Another case or other separators, or at most two wrong letters (one in short words); undefined when none is near. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const plain = lettersOf(word);
  const same = words.find((candidate) => lettersOf(candidate) === plain);
  if (same !== undefined || plain.length > 40) {
    return same;
  }
  const most = plain.length <= 4 ? 1 : 2;
  const byDistance = words
    .map((candidate) => ({ candidate, distance: editDistance(plain, lettersOf(candidate)) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return byDistance[0]?.candidate;
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '');
}

/** Counts letters to insert, remove, replace or swap with their neighbor. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = cell(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const best = Math.min(replaced, cell(row - 1, column) + 1, cell(row, column - 1) + 1);
      rows[row]?.push(swapped ? Math.min(best, cell(row - 2, column - 2) + 1) : best);
    }
  }
  return cell(a.length, b.length);
}
