import { icon } from './map-buttons.js';

const PLAY = 'M8 5v14l11-7z';
const PAUSE = 'M7 5v14M17 5v14';

/** Steers a playback from the elements of a bar: play button, time, slider, rate. */
export class PlaybackBar {
  #words;
  #clock;
  #button;
  #time;
  #slider;
  #rate;
  #playing = null;

  /** @param {{play: () => void, pause: () => void, seek: (time: number) => void, rate: (rate: number) => void}} actions */
  constructor(bar, words, clock, actions) {
    this.#words = words;
    this.#clock = clock;
    this.#button = bar.querySelector('[data-play]');
    this.#time = bar.querySelector('[data-time]');
    this.#slider = bar.querySelector('[data-slider]');
    this.#rate = bar.querySelector('[data-rate]');
    this.#button.disabled = this.#slider.disabled = true;
    this.#button.addEventListener('click', () => this.#playing ? actions.pause() : actions.play());
    this.#slider.addEventListener('input', () => actions.seek(Number(this.#slider.value)));
    this.#rate.addEventListener('change', () => actions.rate(this.rate));
    this.#look(false);
  }

  /** The chosen rate. */
  get rate() {
    return Number(this.#rate.value);
  }

  /** Opens for tracks between two times, Unix ms. */
  open(from, to) {
    this.#slider.min = from;
    this.#slider.max = to;
    this.#button.disabled = this.#slider.disabled = false;
  }

  /** Shows the played time. */
  show(time, playing) {
    const text = this.#clock.format(time);
    if (this.#time.textContent !== text) {
      this.#time.textContent = text;
      this.#slider.value = time;
      this.#slider.setAttribute('aria-valuetext', text);
    }
    if (playing !== this.#playing) this.#look(playing);
  }

  /** Says why nothing is played. */
  say(text) {
    this.#time.textContent = text;
  }

  #look(playing) {
    this.#playing = playing;
    const word = playing ? this.#words.pause : this.#words.play;
    this.#button.title = word;
    this.#button.setAttribute('aria-label', word);
    this.#button.replaceChildren(icon(playing ? PAUSE : PLAY));
  }
}
