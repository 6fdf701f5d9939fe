//: shape module
//: error {"code": "QUOTA_STACK"}
export default async () => { const down = async () => down(); await down().catch(() => 1); return 1; };
