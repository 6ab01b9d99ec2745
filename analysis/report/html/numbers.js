// Numbers and amounts in words.

function counted(n, what) {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}

function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/// 2^20 as MiB, and the exact number where it is short enough to be read.
function bytesText(bytes) {
  const units = [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ];
  for (const [name, size] of units) {
    if (bytes >= size) return `${(bytes / size).toFixed(bytes / size < 10 ? 2 : 1)} ${name}`;
  }
  return `${bytes} B`;
}

function verdictClass(verdict) {
  if (verdict === 'PROGRESS') return 'good';
  return verdict === 'INCONCLUSIVE' ? 'open' : 'bad';
}

function badge(verdict) {
  return el('span', {class: `badge ${verdictClass(verdict)}`}, verdict);
}
