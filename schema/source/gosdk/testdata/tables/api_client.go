package tables

const ServiceID = "Tables"
