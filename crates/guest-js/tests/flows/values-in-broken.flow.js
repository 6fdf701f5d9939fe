//: args {"b": {"$type": "bytes", "value": "no base64!"}}
//: error {"code": "INVALID_INPUT", "message": "the arguments can't be read: TypeError: a value of $type bytes does not fit it"}
1;
