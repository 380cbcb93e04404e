// Reads tiles, one a line in base64, and writes what is in each, one a line in JSON.

import {createInterface} from 'node:readline';

import {VectorTile, classifyRings} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';

const POLYGON = 3;

const corners = (paths) => paths.map((path) => path.map(({x, y}) => [x, y]));

const describeFeature = (feature) => {
    const paths = feature.loadGeometry();
    const polygons = feature.type === POLYGON ? classifyRings(paths).map(corners) : null;
    const {id, type, properties} = feature;
    return {id, type, properties: {...properties}, paths: corners(paths), polygons};
};

const describeLayer = (layer) => ({
    name: layer.name,
    version: layer.version,
    extent: layer.extent,
    features: Array.from({length: layer.length}, (_, i) => describeFeature(layer.feature(i))),
});

for await (const line of createInterface({input: process.stdin})) {
    const tile = new VectorTile(new PbfReader(Buffer.from(line, 'base64')));
    console.log(JSON.stringify(Object.values(tile.layers).map(describeLayer)));
}
