// Pictures are made small on the phone. Drawing one anew also drops what cameras write into it: place, time, owner.

/**
 * Return a picture as a JPEG whose longer side has at most `side` pixels.
 * @param {Blob} file what the camera gave
 * @param {{side: number, quality: number}} limits
 * @returns {Promise<Blob>} rejects where this browser cannot read the picture
 */
export async function shrink(file, { side, quality }) {
  const picture = await decoded(file);
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // JPEG has no transparency
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close?.();
  return asJpeg(canvas, quality);
}

async function decoded(file) {
  if (globalThis.createImageBitmap) return createImageBitmap(file, { imageOrientation: "from-image" });
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return image;
}

function asJpeg(canvas, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality);
  });
}

/** Return a name that says nothing: what a phone calls a file may name its owner. */
export function fileName(kind) {
  const [low] = crypto.getRandomValues(new Uint32Array(1));
  return `${Date.now()}-${low.toString(36)}.${kind}`;
}

/** Return the ending for a file that is kept as it is. */
export function ending(file) {
  const said = /\.([a-z0-9]{1,5})$/i.exec(file.name ?? "");
  return (said ? said[1] : (file.type.split("/")[1] ?? "bin").replace(/[^a-z0-9].*/i, "")).toLowerCase();
}

/** Return a size as people say it: 96 kB, 1.4 MB. */
export function sizeTold(bytes, language) {
  const [number, unit] = bytes < 1e6 ? [Math.max(1, Math.round(bytes / 1e3)), "kilobyte"] : [bytes / 1e6, "megabyte"];
  const shape = { style: "unit", unit, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, shape).format(number);
}
