package garden

const ServiceID = "Garden"
const ServiceAPIVersion = "2020-01-01"
