// The tone of a new call: two notes, made here so that nothing has to be loaded first.

const NOTES_HZ = [880, 660];
const NOTE_S = 0.22;
const LOUDNESS = 0.35;

export class AlarmTone {
  /** `onState` hears whether the browser lets the page sound; before the first press it does not. */
  constructor(onState) {
    this.context = new AudioContext();
    this.played = 0;
    this.context.addEventListener("statechange", () => onState(this.isAllowed));
    for (const kind of ["pointerdown", "keydown"]) {
      document.addEventListener(kind, () => this.context.resume(), { capture: true });
    }
    onState(this.isAllowed);
  }

  get isAllowed() {
    return this.context.state === "running";
  }

  /** Sound once; without effect while the browser does not allow it. */
  play() {
    if (!this.isAllowed) return;
    const from = this.context.currentTime;
    NOTES_HZ.forEach((hertz, n) => this.note(hertz, from + n * NOTE_S));
    this.played += 1;
  }

  note(hertz, at) {
    const [source, gain] = [this.context.createOscillator(), this.context.createGain()];
    source.frequency.value = hertz;
    // Swelling and fading, for a tone that is cut off crackles.
    gain.gain.setValueAtTime(0.0001, at);
    gain.gain.exponentialRampToValueAtTime(LOUDNESS, at + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S);
    source.connect(gain).connect(this.context.destination);
    source.start(at);
    source.stop(at + NOTE_S);
  }
}
