// What @camptocamp/ogc-client makes of the service, as JSON: node ask.js http://127.0.0.1:8000
import { OgcApiEndpoint } from '@camptocamp/ogc-client';

const url = process.argv[2];
const endpoint = new OgcApiEndpoint(url);
const query = { limit: 3, offset: 2, extent: [123.39, 41.78, 123.41, 41.8] };
const itemsUrl = await endpoint.getCollectionItemsUrl('sites', query);
const zones = await endpoint.getCollectionInfo('zones');
const answer = {
  title: (await endpoint.info).title,
  conformance: (await endpoint.conformanceClasses).length,
  hasFeatures: await endpoint.hasFeatures,
  hasTiles: await endpoint.hasTiles,
  features: await endpoint.featureCollections,
  vectorTiles: await endpoint.vectorTileCollections,
  tileMatrixSets: await endpoint.tileMatrixSets,
  zones: { crs: zones.crs, queryables: zones.queryables, itemFormats: zones.itemFormats,
    downloads: zones.bulkDownloadLinks, jsonDownload: zones.jsonDownloadLink },
  items: (await endpoint.getCollectionItems('sites', 3)).map(({ id }) => id),
  item: (await endpoint.getCollectionItem('zones', 'zone-manrong')).properties.name,
  itemsUrl,
  page: (await (await fetch(itemsUrl)).json()).features.map(({ id }) => id),
};
console.log(JSON.stringify(answer));
