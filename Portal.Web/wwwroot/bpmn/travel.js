const ROUND = 150;      // ms one arrow takes
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Lets bubbles run along arrows, so that the eye sees where a token went.
 * @param {object} viewer
 * @param {string[][]} rounds ids of flows; those of one round run together
 */
export async function travel(viewer, rounds) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const registry = viewer.get('elementRegistry');
  for (const round of rounds) {
    const runs = round.map(id => registry.getGraphics(id)).filter(Boolean).map(run);
    await Promise.all(runs);
  }
}

function run(graphics) {
  const path = graphics.querySelector('.djs-visual > path, .djs-visual > polyline');
  if (!path?.getTotalLength) return null;
  const dot = document.createElementNS(SVG, 'circle');
  dot.setAttribute('r', 7);
  dot.setAttribute('class', 'map-traveller');
  graphics.append(dot);
  const length = path.getTotalLength(), began = performance.now();
  return new Promise(done => {
    const step = now => {
      const share = Math.min(1, (now - began) / ROUND);
      const { x, y } = path.getPointAtLength(length * share);
      dot.setAttribute('cx', x);
      dot.setAttribute('cy', y);
      if (share < 1 && dot.isConnected) requestAnimationFrame(step);
      else {
        dot.remove();
        done();
      }
    };
    requestAnimationFrame(step);
  });
}
