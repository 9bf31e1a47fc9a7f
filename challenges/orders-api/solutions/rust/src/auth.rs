//! Who asks, and whether they may. A handler says who may by what it takes first: [`Admin`],
//! [`Customer`], [`OrderReader`] or [`Anyone`].

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION, request::Parts},
    middleware::Next,
    response::Response,
};

use crate::{
    error::Problem,
    tokens::{Claims, Tokens},
};

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Customer,
    Admin,
    Support,
}

/// Who asks; put into each request by [`authenticate`].
#[derive(Clone)]
struct Identity {
    id: String,
    /// None of a role that is not known here.
    role: Option<Role>,
}

/// Lets requests with a valid token through, and no others.
pub async fn authenticate(
    State(tokens): State<Tokens>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let identity = bearer_token(request.headers())
        .and_then(|token| tokens.verify(token))
        .and_then(identify)
        .ok_or_else(unauthenticated)?;
    request.extensions_mut().insert(identity);
    Ok(next.run(request).await)
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn identify(claims: Claims) -> Option<Identity> {
    // PostgreSQL stores any text but U+0000.
    if claims.sub.is_empty() || claims.role.is_empty() || claims.sub.contains('\0') {
        return None;
    }
    let role = match &*claims.role {
        "customer" => Some(Role::Customer),
        "admin" => Some(Role::Admin),
        "support" => Some(Role::Support),
        _ => None,
    };
    Some(Identity {
        id: claims.sub,
        role,
    })
}

fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "A valid bearer token is needed.")
}

/// The one who asks, if theirs is one of the roles.
fn allow<'a>(parts: &'a Parts, roles: &[Role]) -> Result<&'a Identity, Problem> {
    let identity = parts
        .extensions
        .get::<Identity>()
        .ok_or_else(unauthenticated)?;
    match identity.role {
        Some(role) if roles.contains(&role) => Ok(identity),
        _ => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "The role of this token may not do this.",
        )),
    }
}

/// Anyone whose role is known.
pub struct Anyone;

impl<S: Sync> FromRequestParts<S> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        allow(parts, &[Role::Customer, Role::Admin, Role::Support])?;
        Ok(Self)
    }
}

pub struct Admin;

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        allow(parts, &[Role::Admin])?;
        Ok(Self)
    }
}

/// A customer's id.
pub struct Customer(pub String);

impl<S: Sync> FromRequestParts<S> for Customer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let identity = allow(parts, &[Role::Customer])?;
        Ok(Self(identity.id.clone()))
    }
}

/// Who reads orders: a customer their own, support everybody's.
pub enum OrderReader {
    Customer(String),
    Support,
}

impl OrderReader {
    /// Whose orders they are; none for everybody's.
    pub fn owner(&self) -> Option<&str> {
        match self {
            Self::Customer(id) => Some(id),
            Self::Support => None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for OrderReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let identity = allow(parts, &[Role::Customer, Role::Support])?;
        Ok(match identity.role {
            Some(Role::Support) => Self::Support,
            _ => Self::Customer(identity.id.clone()),
        })
    }
}
