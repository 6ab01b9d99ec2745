// Where boxes and lines of a picture stand. Letters are counted, not measured: names are set in a font whose letters
// have one width, so that a picture is the same in every browser and on paper.

const letter = 7.3,
  smallLetter = 6.7,
  lineHeight = 16;

function cut(text, most) {
  const whole = visible(text);
  return whole.length <= most ? whole : whole.slice(0, Math.max(1, most - 1)) + '\u2026';
}

/// The words on lines of at most `most` letters; a word that is too long is broken.
function wrap(text, most) {
  const lines = [];
  let line = '';
  for (let word of visible(text).split(' ')) {
    while (word.length > most) {
      if (line) lines.push(line);
      line = '';
      lines.push(word.slice(0, most));
      word = word.slice(most);
    }
    if (line && line.length + 1 + word.length > most) {
      lines.push(line);
      line = '';
    }
    line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines;
}

/// Lines of text from the top; each is {text, kind}. Returns elements.
function textLines(x, y, lines, attributes) {
  return lines.map((line, i) =>
    svg('text', {x, y: y + 12 + i * lineHeight, class: line.kind, ...attributes}, line.text),
  );
}
