package garden

const goModuleVersion = "1.2.3"
