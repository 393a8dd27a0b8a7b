// Makes arrivals seen and heard: a soft sound, the number waiting in the title, a notification when the page is hidden.
// Danger has a sound of its own, said again with every heartbeat while nobody has taken the person.

const SOUND_KEY = "gateside-sound";

export class Alerts {
  #context = null;
  #known = null;
  #title = document.title;

  constructor(words) {
    this.words = words;
    this.on = read(SOUND_KEY) !== "off";
    this.button = document.getElementById("sound");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.#toggle());
    for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => this.#unlock(), { capture: true });
    this.#offerNotifications();
    this.#showSound();
  }

  // Look at the queue as it stands now and tell what is new in it.
  look() {
    const waiting = rowsIn("rows-waiting");
    const mine = rowsIn("rows-mine");
    this.#showTitle(waiting);
    if (this.#known) this.#tell(waiting, mine);
    this.#known = new Map([...waiting, ...mine, ...rowsIn("rows-others")]);
  }

  // Somebody in danger still waits.
  remind() {
    if ([...rowsIn("rows-waiting").values()].some((row) => row.level === "emergency")) this.#play("emergency");
  }

  pageNamed(title) {
    this.#title = title;
    this.#showTitle(rowsIn("rows-waiting"));
  }

  #tell(waiting, mine) {
    const arrived = [...waiting].filter(([id]) => !this.#known.has(id));
    const danger = [...waiting].some(
      ([id, row]) => row.level === "emergency" && this.#known.get(id)?.level !== "emergency",
    );
    const wrote = [...mine].some(([id, row]) => row.unanswered && this.#known.has(id) && !this.#known.get(id).unanswered);
    if (danger) this.#announce("arrived-danger", this.words.arrivedEmergency, "emergency");
    else if (arrived.length) this.#announce("arrived", this.words.arrived, "arrival");
    else if (wrote) this.#play("words");
  }

  #announce(region, sentence, sound) {
    const place = document.getElementById(region);
    place.textContent = "";
    place.textContent = sentence;
    this.#play(sound);
    if (document.hidden && globalThis.Notification?.permission === "granted") {
      new Notification(sentence, { tag: "gateside", renotify: true });
    }
  }

  #showTitle(waiting) {
    const danger = [...waiting.values()].some((row) => row.level === "emergency");
    const badge = waiting.size ? `(${danger ? "! " : ""}${waiting.size}) ` : "";
    document.title = badge + this.#title;
  }

  #toggle() {
    this.on = !this.on;
    write(SOUND_KEY, this.on ? "on" : "off");
    if (this.on) this.#play("arrival");
    this.#showSound();
  }

  // Browsers let a page sound only after a click or a key in it.
  #unlock() {
    this.#context ??= globalThis.AudioContext ? new AudioContext() : null;
    this.#context?.resume().then(() => this.#showSound());
  }

  #showSound() {
    const sleeping = this.on && this.#context?.state !== "running";
    this.button.textContent = sleeping ? this.words.soundWaits : this.on ? this.words.soundOn : this.words.soundOff;
    this.button.setAttribute("aria-pressed", String(this.on));
  }

  #play(kind) {
    if (!this.on || this.#context?.state !== "running") return;
    const { notes, wave, loudness, step } = SOUNDS[kind];
    notes.forEach((pitch, index) => {
      const start = this.#context.currentTime + index * step;
      const tone = new OscillatorNode(this.#context, { type: wave, frequency: pitch });
      const volume = new GainNode(this.#context, { gain: 0 });
      volume.gain.linearRampToValueAtTime(loudness, start + 0.03);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + step * 1.6);
      tone.connect(volume).connect(this.#context.destination);
      tone.start(start);
      tone.stop(start + step * 1.7);
    });
    document.documentElement.dataset.lastSound = kind;
  }

  #offerNotifications() {
    const button = document.getElementById("notifications");
    if (!("Notification" in globalThis) || Notification.permission !== "default") return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await Notification.requestPermission();
      button.hidden = Notification.permission !== "default";
    });
  }
}

const SOUNDS = {
  arrival: { notes: [659, 880], wave: "sine", loudness: 0.07, step: 0.22 },
  words: { notes: [784], wave: "sine", loudness: 0.035, step: 0.18 },
  emergency: { notes: [880, 622, 880, 622, 880], wave: "triangle", loudness: 0.2, step: 0.2 },
};

function rowsIn(list) {
  const rows = document.querySelectorAll(`#${list} > .row`);
  return new Map([...rows].map((row) => [row.id, { level: row.dataset.level, unanswered: row.dataset.unanswered === "yes" }]));
}

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser without storage forgets the choice with the page; nothing else depends on it.
  }
}
