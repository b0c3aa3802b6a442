// A photo made small on the phone. Drawing it anew leaves behind what the camera wrote about place and time.
"use strict";
const LONGEST_SIDE = 1280, LARGEST = 500_000;
export async function small(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.82, 0.7, 0.55, 0.4]) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob && blob.size <= LARGEST) return blob.arrayBuffer();
  }
  throw new Error("This photo cannot be made small enough.");
}
