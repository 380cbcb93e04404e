// What the check of our scripts takes for granted.

// Which element a selector finds is known to the template alone.
interface EventTarget {
  [member: string]: any;
}

// Scripts that pages load before ours.
interface Window {
  L: any;
  proj4: any;
  geodesic: any;
  SwaggerUIBundle: any;
}
